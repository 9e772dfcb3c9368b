/*
 * The clock of the sandbox: loaded into every program by /etc/ld.so.preload, it answers what time it is, and when files
 * were touched, from a table that the recorder writes before each command (see clock.py).
 *
 * A row says that at `real` nanoseconds the session's own clock stood at `virtual`. Between two rows the session's clock
 * follows the real one in steps of STEP, so that `sleep 1; date` sees a second pass, and yet two recordings agree.
 * Times before the first row (files of the system, dates set by `touch -d`) are left as they are.
 *
 * getrandom() answers from a generator seeded by the table, so that `mktemp`, `shuf` and Python's hashes repeat too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define EXPORT __attribute__((visibility("default")))

struct table {
    volatile int64_t rows;
    int64_t step;
    uint64_t seed;
    int64_t spare;
    struct { int64_t real, virtual; } row[];
};

static const struct table *table;

__attribute__((constructor)) static void open_table(void)
{
    int file = open("/run/clock", O_RDONLY | O_CLOEXEC);
    struct stat found;
    if (file < 0)
        return;
    if (syscall(SYS_newfstatat, file, "", &found, AT_EMPTY_PATH) == 0) {
        void *mapped = mmap(NULL, found.st_size, PROT_READ, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED)
            table = mapped;
    }
    close(file);
}

/* The session's time at a real time, both in nanoseconds since 1970. */
static int64_t session_time(int64_t real)
{
    int64_t low = 0, high = table->rows;
    if (high == 0 || real < table->row[0].real)
        return real;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (table->row[middle].real <= real)
            low = middle;
        else
            high = middle;
    }
    return table->row[low].virtual + (real - table->row[low].real) / table->step * table->step;
}

static int64_t real_now(void)
{
    /* The system call and not the function, which is ours. */
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static void convert(struct timespec *time)
{
    int64_t real = time->tv_sec * SECOND + time->tv_nsec;
    /* A date set by hand may lie after the present: it is the session's already. */
    int64_t shown = real > real_now() ? real : session_time(real);
    time->tv_sec = shown / SECOND;
    time->tv_nsec = shown % SECOND;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (table && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t shown = session_time(real_now());
        time->tv_sec = shown / SECOND;
        time->tv_nsec = shown % SECOND;
        return 0;
    }
    return syscall(SYS_clock_gettime, clock, time);
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

/* What `time` reports as user and system time, in the same steps. */
EXPORT int getrusage(__rusage_who_t who, struct rusage *used)
{
    int result = syscall(SYS_getrusage, who, used);
    if (result == 0 && table) {
        int64_t step = table->step / 1000;
        used->ru_utime.tv_usec -= used->ru_utime.tv_usec % step;
        used->ru_stime.tv_usec -= used->ru_stime.tv_usec % step;
    }
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
        state = table->seed ^ ((uint64_t)owner << 32) ^ (uint64_t)table->rows;
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
