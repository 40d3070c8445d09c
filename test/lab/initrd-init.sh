#!/bin/sh
# First program of a virtual board: loads the drivers of its hardware and goes on from the system disk, which frees the memory of this file system.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module arguments; do
  insmod "/modules/$module.ko" $arguments || echo "LAB no driver $module"
done < /modules/order
mount -t ext4 -o ro /dev/vda /system || { echo "LAB no system disk"; sleep 1; }
mount --move /proc /system/proc
mount --move /sys /system/sys
mount --move /dev /system/dev
exec switch_root /system /init
