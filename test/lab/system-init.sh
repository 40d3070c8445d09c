#!/bin/sh
# The virtual board itself: its data disk, its network, what is plugged into it, and the board's program, started again whenever it ends.
export PATH=/bin NO_COLOR=1
mount -t tmpfs -o size=4m tmp /tmp
mount -t ext4 -o noatime /dev/vdb /data || echo "LAB the data disk does not mount"
ip link set lo up
if [ -e /sys/class/net/eth0 ]; then
  ip addr add 10.0.2.15/24 dev eth0
  ip link set eth0 up
  ip route add default via 10.0.2.2
fi

# A shell for the one who looks on, on the second serial port.
stty -F /dev/ttyS1 raw -echo
while read -r line; do eval "$line"; done < /dev/ttyS1 > /dev/ttyS1 2>&1 &

# The other end of the USB serial pair, and the chips on the bus.
rtu-unit /dev/ttyGS0 > /dev/console 2>&1 &
[ -e /data/lab/chips.sh ] && sh /data/lab/chips.sh

read -r up _ < /proc/uptime
echo "LAB up after $up s"
while :; do
  sh /data/lab/board.sh
  echo "LAB the board ended with $?"
  [ -e /tmp/stopping ] && exec sleep 60
  sleep 1
done
