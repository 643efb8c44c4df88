# shellcheck shell=sh
# Sourced by the scripts at the top: finds or installs what a build needs, builds, and runs the JVM.
# What ./berth uses of it on each start is made of shell built-ins and one find.
: "${checkout:?the directory of the checkout, set by the script that sources this}"

note() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
}

fail() {
  note "$1"
  exit 1
}

# ---- What a JVM needs of its caller ----

# A JVM takes the number of a closed standard stream for a file of its own, and that file for the
# stream. Standard error is the first: the shell complains of the others there. A copy onto itself
# would say nothing: dash leaves it out.
open_closed_streams() {
  true 3>&2 || exec 2>/dev/null
  { true 3<&0; } 2>/dev/null || exec </dev/null
  { true 3>&1; } 2>/dev/null || exec >/dev/null
}

# A JVM does not start in a directory that has been removed, or whose path is longer than PATH_MAX.
# Relative paths must not mean those of another directory then: $unreachable is where they are looked
# for, and where nobody can make anything.
leave_unreachable_directory() {
  unreachable=
  directory=$(pwd -P 2>/dev/null) || directory=
  [ -z "$directory" ] || [ "${#directory}" -ge 4096 ] || return 0
  cd /
  unreachable='/proc/self/cwd (unreachable)'
}

open_closed_streams
leave_unreachable_directory

# run_java ARGS...: replaces this process by the JVM.
run_java() {
  [ -e /proc/self ] || fail '/proc: not mounted; a JVM and Berth need it: mount -t proc proc /proc'
  # Without a locale, as engines call it, a JVM could not take a file name beyond ASCII. Each arena of
  # malloc(3) takes 64 MiB of a limit on address space (ulimit -v).
  LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=1 exec "$jdk/bin/java" ${unreachable:+"-Duser.dir=$unreachable"} "$@"
}

# ---- What is needed ----

missing=

# need COMMAND PACKAGE...: the Debian packages are missing, unless the command is there.
need() {
  needed=$1
  shift
  command -v "$needed" >/dev/null 2>&1 || missing="$missing $*"
}

# Installs what is missing; false if that is not possible.
install_missing() {
  # shellcheck disable=SC2086 # a word is a package
  [ -z "$missing" ] || install_packages $missing || return
  missing=
}

install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return
  note "installing $*"
  # The lists of packages may be too old, or not there at all.
  apt_get install "$@" || { apt_get update && apt_get install "$@"; }
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends "$@" </dev/null >/dev/null 2>&1
}

# Makes sure of Maven, a C compiler and $jdk.
require_build_tools() {
  need mvn maven
  command -v gcc >/dev/null 2>&1 || need clang gcc libc6-dev
  install_missing || fail "not found, and to be installed first:$missing"
  require_jdk
}

# Sets $jdk to the home of a JDK 25 or newer.
require_jdk() {
  find_jdk || { install_packages openjdk-25-jdk-headless && find_jdk; } ||
    fail 'no JDK 25 or newer found; install one, or set JAVA_HOME to it'
}

find_jdk() {
  for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/*jdk* "${HOME:-}"/.jdks/* \
    "${HOME:-}"/.sdkman/candidates/java/*; do
    is_jdk "$jdk" && return
  done
  false
}

# Reads the file that every JDK has: starting java to ask would take longer than what it is for.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return
  while IFS='="' read -r key _ value _; do
    if [ "$key" = JAVA_VERSION ]; then
      [ "${value%%[!0-9]*}" -ge 25 ]
      return
    fi
  done <"$1/release"
  false
}

# ---- Building ----

# maven ARGS...: on $jdk, since the formatter does not run on an older one.
maven() {
  # Libraries of Maven itself use sun.misc.Unsafe, about which JDK 24 and newer warn.
  JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" \
    mvn -B -ntp -f "$checkout/pom.xml" "$@" </dev/null
}

# build_example NAME: makes examples/NAME/target/berth-NAME.jar where it is missing or older than its
# sources. Sets $jar and $jdk. Says so where it takes time, and nothing otherwise.
build_example() {
  jar=$checkout/examples/$1/target/berth-$1.jar
  stamp=$checkout/examples/$1/target/built
  if is_stale "$1"; then
    mkdir -p "$checkout/target"
    # Of two at once, the second waits, and finds it built.
    (
      flock 9
      ! is_stale "$1" || package_example "$1"
    ) 9>"$checkout/target/lock" || exit
  fi
  require_jdk
}

is_stale() {
  [ ! -e "$jar" ] || [ ! -e "$stamp" ] || [ -n "$(newer_sources "$1")" ]
}

# None where there is no find(1), since no $PATH leads to it: nothing could be built then, either.
newer_sources() {
  cd "$checkout"
  ! command -v find >/dev/null ||
    find pom.xml runtime-*/pom.xml runtime-*/src/main examples/pom.xml \
      "examples/$1/pom.xml" "examples/$1/src/main" -newer "$stamp" -print -quit
}

package_example() {
  require_build_tools
  # As old as the start of the build: what is edited during it is newer.
  : >"$checkout/target/started"
  log=$checkout/target/build.log
  note "building Berth with Maven, about two minutes the first time; log: $log"
  if ! maven package -Dmaven.test.skip=true -pl "examples/$1" -am >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "the build has failed; log: $log"
  fi
  mv "$checkout/target/started" "$stamp"
}
