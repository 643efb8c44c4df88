/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home of the program's user, in the words of the container's own /etc/passwd; passwd(5).
 *
 * That file may be anything: only a regular one is read, and not without end. A user of whom it says
 * nothing is at home in "/".
 */
#include <linux/openat2.h>

#include "memory.h"
#include "path.h"

#define FIELD_UID  2
#define FIELD_HOME 5

#define PIECE	   4096
#define PIECES_MAX 4096 /* 16 MiB */
#define NO_ID	   (~0ul)

static const char variable[] = "HOME=";

/* The line that is being read. */
struct line {
	u64 field;
	u64 uid; /* NO_ID where that is something else */
	u64 digits;
	char home[PATH_MAX];
	u64 length;
};

static void begin_line(struct line *line)
{
	line->field = 0;
	line->uid = 0;
	line->digits = 0;
	line->length = 0;
}

static u64 with_digit(u64 uid, char c)
{
	return c < '0' || c > '9' || uid > 0xffffffff ? NO_ID : uid * 10 + (u64)(c - '0');
}

static void take(struct line *line, char c)
{
	if (c == ':') {
		line->field++;
	} else if (line->field == FIELD_UID) {
		line->uid = with_digit(line->uid, c);
		line->digits++;
	} else if (line->field == FIELD_HOME && line->length < PATH_MAX) {
		line->home[line->length++] = c;
	}
}

/* Whether the line, all of which was taken, is the user's, and says where the home is. */
static int is_found(const struct line *line, u64 uid)
{
	return line->digits && line->uid == uid && line->length && line->length < PATH_MAX;
}

static int find_line(int file, u64 uid, struct line *line)
{
	char piece[PIECE];

	begin_line(line);
	for (int pieces = 0; pieces < PIECES_MAX; pieces++) {
		long size = sys(read, file, piece, sizeof(piece));

		if (size <= 0)
			break;
		for (long i = 0; i < size; i++) {
			if (piece[i] && piece[i] != '\n') {
				take(line, piece[i]);
				continue;
			}
			if (is_found(line, uid))
				return 1;
			begin_line(line);
		}
	}
	return is_found(line, uid);
}

static long open_passwd(void)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	struct statx status;
	long file = sys(openat2, AT_FDCWD, "/etc/passwd", &how, sizeof(how));

	if (file < 0)
		return file;
	if (path_status((int)file, &status) >= 0 && S_ISREG(status.stx_mode))
		return file;
	sys(close, file);
	return -EINVAL;
}

long find_home(struct stub *stub, struct fields *fields)
{
	u64 uid = next_number(fields);
	u64 start = sizeof(variable) - 1;
	char *home = allocate(start + PATH_MAX);
	long file = open_passwd();
	struct line line;

	if (!home)
		return called(&stub->reports, "mmap", 0, -ENOMEM);
	memcpy(home, variable, start);
	home[start] = '/';
	if (file >= 0 && find_line((int)file, uid, &line))
		memcpy(home + start, line.home, line.length);
	if (file >= 0)
		sys(close, file);
	stub->home = home;
	return 0;
}
