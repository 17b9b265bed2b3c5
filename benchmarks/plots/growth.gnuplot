# SPDX-License-Identifier: Apache-2.0
# points: hosts, seconds of the first load, of the same again, of a day later, bytes a finding, MB of heap.
# What was not measured is a ?.
set datafile missing "?"
set terminal svg size 640,400 dynamic enhanced font "sans-serif,13" background rgb "white"
set border 3 lc rgb "#888888"
set tics nomirror
set grid lc rgb "#dddddd"
set logscale x
set format x "10^{%T}"
set xlabel "hosts, 100 findings each"
set key top left reverse Left

set output images . "/time.svg"
set logscale y
set format y "%g"
set ylabel "seconds, once fetched"
plot points using 1:2 with linespoints lw 2 pt 7 lc rgb "#1864ab" title "first load", \
     points using 1:4 with linespoints lw 2 pt 7 lc rgb "#e8590c" title "a day later, 1 % of hosts changed", \
     points using 1:3 with linespoints lw 2 pt 7 lc rgb "#2b8a3e" title "the same again"

set output images . "/time-per-million.svg"
unset logscale y
set yrange [0:*]
set key top right noreverse Right
set ylabel "seconds a million findings"
plot points using 1:($2/$1*1e4) with linespoints lw 2 pt 7 lc rgb "#1864ab" title "first load", \
     points using 1:($4/$1*1e4) with linespoints lw 2 pt 7 lc rgb "#e8590c" title "a day later, 1 % of hosts changed", \
     points using 1:($3/$1*1e4) with linespoints lw 2 pt 7 lc rgb "#2b8a3e" title "the same again"

set output images . "/database.svg"
set key top right
set ylabel "bytes a finding, all tables and indexes"
plot points using 1:5 with linespoints lw 2 pt 7 lc rgb "#1864ab" title "after the first load"

set output images . "/heap.svg"
set ylabel "MB of heap after a collection, at most"
plot points using 1:6 with linespoints lw 2 pt 7 lc rgb "#1864ab" title "any of the three runs"
