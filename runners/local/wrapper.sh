#!/bin/sh
# Runs one trial's program, and leaves in the folder named first which process that is and how it ended, so that a later
# worker knows although the one that started it may be gone:
#   process   "<pid> <start> <boot>" of this shell, which leads the process group; made once, before the program starts
#   exit      the program's exit code; 128 + n after signal n
folder=$1
shift
trap : TERM INT HUP # these are for the program; this shell stays to record its end

read -r stat </proc/$$/stat
read -r boot </proc/sys/kernel/random/boot_id
# shellcheck disable=SC2086 # fields of stat(5) from the third on, after the name in brackets; the 22nd is the start
start=$(set -- ${stat##*) }; echo "${20}")

# A link, as only one can be made: a worker that gave this start up has made its own, and then the program must not run.
echo "$$ $start $boot" >"$folder/process.new" && ln "$folder/process.new" "$folder/process" || exit 74

"$@"
code=$?
echo "$code" >"$folder/exit.new" && mv "$folder/exit.new" "$folder/exit"
kill -s KILL -- -$$ # what the program left behind in its group, and this shell with it
