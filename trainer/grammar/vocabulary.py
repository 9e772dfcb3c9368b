"""Lists of common words and names that the grammar draws free arguments from.

The lists anchor sessions in what people type; `trainer.grammar.words` mixes them with invented words, so that a machine
learns to copy spellings and not to know them.
"""


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMMON = _list(
    """
    hello world hi hey there goodbye bye welcome thanks please yes no ok maybe done ready start stop begin end first
    last next back up down left right open closed on off new old big small fast slow hot cold good bad better best worst
    easy hard light dark red green blue yellow orange purple black white gray pink brown gold silver apple banana cherry
    lemon grape mango peach pear plum kiwi melon berry bread butter cheese milk coffee tea water juice sugar salt pepper
    soup rice pasta pizza cake cookie cat dog bird fish horse cow sheep goat pig duck fox wolf bear lion tiger mouse
    rabbit frog snake owl eagle whale shark bee ant tree flower leaf root seed grass forest river lake sea ocean island
    mountain hill valley desert rock stone sand sun moon star sky cloud rain snow wind storm fire ice earth mars venus
    summer winter spring autumn morning evening night today tomorrow yesterday monday tuesday friday sunday january
    march april june october day week month year hour minute second time clock home house room door window wall floor
    roof garden street road bridge city town village country map car bus train plane boat ship bike wheel engine key
    lock box bag bottle cup plate knife fork spoon table chair bed lamp book page paper pen pencil letter word line text
    note story poem song music dance game ball team player score goal win lose play run walk jump swim fly sit stand
    sleep eat drink read write draw paint sing speak listen look see watch find keep give take make build break fix open
    close move turn push pull pick drop hold send get set put cut copy paste the a an this that these those it is was
    are be has had do did will can not and or but if then so as at by for from in into of to with without over under
    between after before during again once twice always never often here now soon later all any some many few more less
    most each every both either neither other same different one two three four five six seven eight nine ten hundred
    thousand zero half quick lazy brave calm happy sad angry kind simple plain clear clean dirty empty full heavy long
    short tall wide narrow deep high low near far loud quiet rich poor strong weak young early late free busy alice bob
    carol dave eve frank grace heidi ivan judy mallory oscar peggy trent victor walter anna ben clara david emma felix
    hannah jack kate leo maria nina otto paul rosa sam tom vera
    """
)
"""Everyday words."""

TECHNICAL = _list(
    """
    server client network machine computer terminal shell bash linux unix debian kernel process thread memory disk cpu
    gpu cache queue stack heap buffer stream socket port host node cluster cloud docker container image volume config
    setting option flag value key token secret password user admin guest root group owner account login logout session
    cookie request response header body query result error warning info debug trace log event message signal alert
    status code source binary object class method function variable constant string integer float boolean array list map
    set tuple table row column index record field schema database backup restore export import upload download sync push
    pull commit branch merge rebase tag release version build test deploy install update upgrade remove delete create
    insert select filter sort search replace match pattern regex parse format print render draw load save store fetch
    compile link execute debugger script module package library plugin service daemon job task worker batch cron timer
    monitor metric report summary chart graph model train eval epoch loss score weight layer neural matrix vector tensor
    pixel frame screen cursor prompt command output input data file folder path name size type mode link alpha beta
    gamma delta epsilon omega sigma lambda foo bar baz qux spam eggs lorem ipsum dolor sit amet hash salt nonce payload
    proxy router gateway firewall domain dns http https ssh ftp smtp json xml yaml csv html css python java rust go ruby
    perl lua
    """
)
"""Words of the trade."""

STEMS = _list(
    """
    notes todo readme README main test data file report summary list log config settings index script app server client
    utils helpers setup Makefile LICENSE CHANGELOG draft letter diary journal recipe shopping budget invoice receipt
    plan schedule agenda minutes memo ideas tasks backlog contacts names users people numbers words poem story chapter
    intro outline essay paper thesis slides figures table results output input sample example demo hello world foo bar
    baz qux a b c x y z one two three four five first second third new old temp tmp backup copy final draft1 draft2
    file1 file2 file3 test1 test2 data1 data2 part1 part2 alpha beta gamma delta fruits colors animals cities countries
    planets books movies songs music photos lines text message greeting info secret passwords keys hosts access error
    debug build run install requirements package model train eval query schema dump records inventory stock prices sales
    orders customers stats metrics events history quotes facts links bookmarks wishlist log1 log2 day1 week2 april june
    summer trip letter1
    """
)
"""Stems of file names."""

FOLDERS = _list(
    """
    docs src lib bin test tests data tmp temp work projects project backup backups archive old new notes images img pics
    photos music videos downloads documents desktop public private config conf etc logs log build dist out output
    results reports scripts tools utils vendor assets static templates examples demo sandbox play misc stuff dir dir1
    dir2 folder folder1 folder2 a b c d x y z foo bar baz alpha beta gamma one two three parent child sub subdir inner
    outer deep nested app web api core server client models views home share local cache media books recipes letters
    school drafts final release v1 v2 2023 2024 january march team shared inbox outbox todo lab garden kitchen office
    bank tax trip mydir mydocs newdir testdir my_project my-app workspace repo code python rust notebooks experiments
    """
)
"""Names of folders."""

EXTENSIONS = _list(
    """
    txt txt txt txt md md py py log log sh json csv c h html cfg conf dat bak yml js tmp rs tex out ini xml css png
    """
)
"""Extensions of file names; repeated ones are commoner."""

VARIABLES = _list(
    """
    X Y Z A B C N M I K S T V W x y z a b c n m i j k s t v name NAME Name user1 city CITY color COLOR fruit animal
    greeting GREETING msg MSG message count COUNT counter num NUM number value VALUE val foo FOO bar BAR baz FOOBAR
    first last FIRST_NAME last_name full_name age AGE year YEAR day month file FILE filename dir DIR folder path_to
    target TARGET source SRC DEST dst host_name port PORT url URL key KEY token TOKEN secret pass mode MODE level LEVEL
    debug DEBUG VERBOSE version VERSION ver tmp TMP temp var VAR var1 var2 my_var MY_VAR myvar myVar item items list
    result RESULT res sum SUM total TOTAL diff price qty score SCORE word WORD text TEXT string str str1 str2 title
    author book pet lang_name planet food drink language EDITOR_NAME PROJECT project app APP app_name base BASE size
    SIZE width height len idx index start end left right one two three alpha beta gamma num1 num2 a1 b2 x1 y2 X1 X2 _tmp
    _x answer ANSWER status flag state data DATA
    """
)
"""Names of variables."""

COMMANDS = _list(
    """
    pwd whoami hostname date uname clear id ls cat cp mv rm mkdir rmdir touch echo printf head tail wc sort uniq grep
    cut find sed awk tr cd export unset
    """
)
"""Real commands: seeds for misspelt ones."""

TOOLS = _list(
    """
    ls cat cp mv rm mkdir rmdir touch head tail wc sort uniq grep cut tr sed find date whoami hostname uname id bash sh
    python3 env seq basename dirname realpath sleep tee rev tac nl expr stat ln chmod df du printenv
    """
)
"""Programs that lie in the sandbox's PATH."""

BUILTINS = _list(
    """
    cd echo pwd export unset alias type true false test printf read exit source eval set history jobs let declare local
    return shift umask wait command
    """
)
"""Commands built into bash."""

TAKEN = _list(
    """
    HOME USER SHELL PWD OLDPWD PATH TERM LANG HOSTNAME PS1 PS2 PS4 UID EUID PPID IFS OPTIND COLUMNS LINES RANDOM SECONDS
    SHLVL MAIL LOGNAME BASH HISTFILE HISTSIZE HISTCONTROL LS_COLORS _ PROMPT_COMMAND FUNCNAME GROUPS DIRSTACK BASHPID
    CDPATH ENV FIGNORE HISTCMD HOSTTYPE MACHTYPE OSTYPE OPTARG OPTERR POSIXLY_CORRECT PIPESTATUS REPLY TMOUT TMPDIR TZ
    LC_ALL LD_PRELOAD
    """
)
"""Names of variables that bash or its surroundings use themselves."""

SIGNS = _list("* & | ; < > # ( ) ~ -> => && || .. == + - = / @ % ^")
"""Signs that mean something to bash, or look so."""
