/*
 * The clock of the sandbox: loaded into every program by /etc/ld.so.preload, it says what time it is, and when files were
 * touched, in the time of the session.
 *
 * That time passes only when the recorder acts (a row of `action` each, written from outside, see clock.py) and when a
 * program sleeps, by as much as it asked for (`slept`, and a row of `sleep` each). What computes takes no time. So
 * `sleep 1; date` sees a second pass, and yet two recordings of a script agree, however busy the machine is.
 *
 * A row says that from `real` nanoseconds on the session's clock stood at `session` nanoseconds. By it the times that the
 * kernel gives to files are told; those before the first row (files of the system, dates set by hand) stay as they are.
 *
 * getrandom() answers from a generator seeded by the recorder, so that `shuf` and Python's hashes repeat too.
 * CLOCK_MONOTONIC stays real, for what waits by it; `mktemp` takes its names from there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define MILLISECOND 1000000LL
#define SLEEPS 256
#define EXPORT __attribute__((visibility("default")))

struct row {
    int64_t real, session;
};

struct table {
    _Atomic int64_t actions;
    uint64_t seed;
    _Atomic int64_t slept;
    _Atomic int64_t sleeps;
    struct row sleep[SLEEPS];
    struct row action[];
};

static struct table *table;

__attribute__((constructor)) static void open_table(void)
{
    int file = open("/run/clock", O_RDWR | O_CLOEXEC);
    struct stat found;
    if (file < 0)
        return;
    if (syscall(SYS_newfstatat, file, "", &found, AT_EMPTY_PATH) == 0 && found.st_size >= (off_t)sizeof(struct table)) {
        void *mapped = mmap(NULL, found.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED)
            table = mapped;
    }
    close(file);
}

/* The functions would be ours: the system calls. */
static int64_t real_time(clockid_t clock)
{
    struct timespec now;
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t session_now(void)
{
    int64_t acted = table->action[table->actions - 1].session, slept = table->slept;
    return slept > acted ? slept : acted;
}

/* When the session's clock says that something touched at a real time was touched. */
static int64_t session_time(int64_t real)
{
    struct row latest = {0, real};
    if (real < table->action[0].real || real > real_time(CLOCK_REALTIME))
        return real;
    for (int64_t i = table->actions - 1; i >= 0 && latest.real == 0; i--)
        if (table->action[i].real <= real)
            latest = table->action[i];
    for (int64_t i = 0; i < table->sleeps && i < SLEEPS; i++)
        if (table->sleep[i].real <= real && table->sleep[i].real > latest.real)
            latest = table->sleep[i];
    return latest.session;
}

/* A program has slept: the session's clock stands at least `length` after `began`. */
static void slept(int64_t began, int64_t length)
{
    int64_t now = began + length, before = table->slept;
    if (length <= 0 || now <= session_now())
        return;
    while (before < now && !atomic_compare_exchange_weak(&table->slept, &before, now))
        ;
    struct row *row = &table->sleep[atomic_fetch_add(&table->sleeps, 1) % SLEEPS];
    row->session = now;
    row->real = real_time(CLOCK_REALTIME_COARSE);
}

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * SECOND + time->tv_nsec; }

static struct timespec timespec(int64_t time) { return (struct timespec){time / SECOND, time % SECOND}; }

/* Calls the C library's own function for one that waits, and lets the session's clock follow if `over` says that the time
 * was slept in full. */
#define WAIT(length, over, name, ...)                                                                                  \
    do {                                                                                                               \
        static __typeof__(&name) real;                                                                                 \
        if (!real)                                                                                                     \
            real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                         \
        int64_t began = table ? session_now() : 0;                                                                     \
        int64_t asked = (length);                                                                                      \
        int result = real(__VA_ARGS__);                                                                                \
        if (table && (over))                                                                                           \
            slept(began, asked);                                                                                       \
        return result;                                                                                                 \
    } while (0)

EXPORT int nanosleep(const struct timespec *asked_for, struct timespec *rest)
{
    WAIT(nanoseconds(asked_for), result == 0, nanosleep, asked_for, rest);
}

EXPORT int usleep(useconds_t length) { WAIT(length * 1000LL, result == 0, usleep, length); }

EXPORT unsigned sleep(unsigned length) { WAIT(length * SECOND, result == 0, sleep, length); }

EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *rest)
{
    struct timespec left;
    if (!table || !(flags & TIMER_ABSTIME))
        WAIT(nanoseconds(until), result == 0, clock_nanosleep, clock, flags, until, rest);
    int64_t length = nanoseconds(until) - (clock == CLOCK_REALTIME ? session_now() : real_time(clock));
    left = timespec(length > 0 ? length : 0);
    /* What passed since the program worked out its moment is noise. */
    int64_t grain = length < 20 * MILLISECOND ? MILLISECOND : 10 * MILLISECOND;
    WAIT((length + grain - 1) / grain * grain, result == 0, clock_nanosleep, CLOCK_MONOTONIC, 0, &left, NULL);
}

EXPORT int poll(struct pollfd *files, nfds_t count, int length)
{
    WAIT(length * MILLISECOND, result == 0, poll, files, count, length);
}

EXPORT int ppoll(struct pollfd *files, nfds_t count, const struct timespec *length, const sigset_t *mask)
{
    WAIT(length ? nanoseconds(length) : 0, result == 0, ppoll, files, count, length, mask);
}

EXPORT int select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *length)
{
    WAIT(length ? length->tv_sec * SECOND + length->tv_usec * 1000LL : 0, result == 0, select, count, in, out, other, length);
}

EXPORT int pselect(int count, fd_set *in, fd_set *out, fd_set *other, const struct timespec *length, const sigset_t *mask)
{
    WAIT(length ? nanoseconds(length) : 0, result == 0, pselect, count, in, out, other, length, mask);
}

EXPORT int epoll_wait(int file, struct epoll_event *events, int count, int length)
{
    WAIT(length * MILLISECOND, result == 0, epoll_wait, file, events, count, length);
}

static void convert(struct timespec *time) { *time = timespec(session_time(nanoseconds(time))); }

EXPORT int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!table || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return syscall(SYS_clock_gettime, clock, time);
    /* A microsecond later than what was touched just now, or `ls -l` takes that for the future. */
    *time = timespec(session_now() + 1000);
    return 0;
}

EXPORT time_t time(time_t *into)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into)
        *into = now.tv_sec;
    return now.tv_sec;
}

EXPORT int gettimeofday(struct timeval *restrict into, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    into->tv_sec = now.tv_sec;
    into->tv_usec = now.tv_nsec / 1000;
    return 0;
}

EXPORT int timespec_get(struct timespec *into, int base)
{
    if (base != TIME_UTC)
        return 0;
    clock_gettime(CLOCK_REALTIME, into);
    return base;
}

/* What computes takes no time, says `time` too. */
EXPORT int getrusage(__rusage_who_t who, struct rusage *used)
{
    int result = syscall(SYS_getrusage, who, used);
    if (result == 0 && table)
        used->ru_utime = used->ru_stime = (struct timeval){0, 0};
    return result;
}

static int seen(int result, struct stat *found)
{
    if (result == 0 && table) {
        convert(&found->st_atim);
        convert(&found->st_mtim);
        convert(&found->st_ctim);
    }
    return result;
}

static int look(int folder, const char *path, struct stat *found, int flags)
{
    return seen(syscall(SYS_newfstatat, folder, path, found, flags), found);
}

EXPORT int stat(const char *restrict path, struct stat *restrict found) { return look(AT_FDCWD, path, found, 0); }

EXPORT int lstat(const char *restrict path, struct stat *restrict found)
{
    return look(AT_FDCWD, path, found, AT_SYMLINK_NOFOLLOW);
}

EXPORT int fstat(int file, struct stat *found) { return look(file, "", found, AT_EMPTY_PATH); }

EXPORT int fstatat(int folder, const char *restrict path, struct stat *restrict found, int flags)
{
    return look(folder, path, found, flags);
}

/* On 64-bit Linux the large-file names are the same functions; programs built before glibc 2.33 call the __x names. */
#define ALIAS(name) EXPORT __attribute__((alias(#name)))
ALIAS(stat) int stat64(const char *restrict path, struct stat64 *restrict found);
ALIAS(lstat) int lstat64(const char *restrict path, struct stat64 *restrict found);
ALIAS(fstat) int fstat64(int file, struct stat64 *found);
ALIAS(fstatat) int fstatat64(int folder, const char *restrict path, struct stat64 *restrict found, int flags);
EXPORT int __xstat(int version, const char *path, struct stat *found) { (void)version; return stat(path, found); }
EXPORT int __lxstat(int version, const char *path, struct stat *found) { (void)version; return lstat(path, found); }
EXPORT int __fxstat(int version, int file, struct stat *found) { (void)version; return fstat(file, found); }

static void convert_statx(struct statx_timestamp *time)
{
    struct timespec plain = {time->tv_sec, time->tv_nsec};
    convert(&plain);
    time->tv_sec = plain.tv_sec;
    time->tv_nsec = plain.tv_nsec;
}

EXPORT int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found)
{
    int result = syscall(SYS_statx, folder, path, flags, mask, found);
    if (result == 0 && table) {
        convert_statx(&found->stx_atime);
        convert_statx(&found->stx_btime);
        convert_statx(&found->stx_ctime);
        convert_statx(&found->stx_mtime);
    }
    return result;
}

/* splitmix64: https://prng.di.unimi.it/splitmix64.c (public domain, Sebastiano Vigna). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

EXPORT ssize_t getrandom(void *into, size_t length, unsigned flags)
{
    static uint64_t state;
    static pid_t owner;
    if (!table)
        return syscall(SYS_getrandom, into, length, flags);
    if (owner != getpid()) {
        /* After a fork too, or parent and child would draw the same. */
        owner = getpid();
        state = table->seed ^ ((uint64_t)owner << 32) ^ (uint64_t)table->actions;
    }
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)into)[i] = (unsigned char)next_random(&state);
    return (ssize_t)length;
}

EXPORT int getentropy(void *into, size_t length)
{
    if (length > 256) {
        errno = EIO;
        return -1;
    }
    getrandom(into, length, 0);
    return 0;
}
