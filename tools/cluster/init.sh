#!/bin/sh
# First process of the cluster's own machine: in namespaces of its own, it covers what the cluster's programs would
# change on this machine, waits, and reaps what they leave. When it ends, the kernel ends all of them, and mounts,
# interfaces and packet filters go with them.
# Arguments: the cluster's folder, the folder of its programs, and how long it lives: `thisProcess` until end of file on
# standard input, which its owner holds open; `untilStopped` for ever.
set -eu
folder=$1
programs=$2
lifetime=$3
exec 3<"$folder" 4<"$programs" 5<&0

mkdir -p "$folder/var-lib" "$folder/var-log"
mount --bind "$folder/var-lib" /var/lib
mount --bind "$folder/var-log" /var/log
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/sysctl

# The two folders stay visible, even those that lie in one just covered.
mkdir -p "$folder" "$programs"
mount --no-canonicalize --bind /proc/self/fd/3 "$folder"
mount --no-canonicalize --bind /proc/self/fd/4 "$programs"
exec 3<&- 4<&-

# What the kubelet sets for the whole machine. It finds the values that it wants, and the machine keeps its own.
while read -r setting value; do
  if [ ! -e "/proc/sys/$setting" ]; then continue; fi
  file=/run/sysctl/$(echo "$setting" | tr / .)
  echo "$value" >"$file"
  mount --bind "$file" "/proc/sys/$setting"
done <<'END'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END

ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
echo ready
exec >/dev/null
case $lifetime in
thisProcess) cat <&5 >/dev/null & ;;
untilStopped) sleep infinity & ;;
esac
wait $!
