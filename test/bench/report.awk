# Medians of times, and of speeds run by run: both sides of a ratio then saw the
# same minute of the machine.  Input: $OUT/names (file, variant), $OUT/times
# (question, number, kind, threads, ms, ms of a first run or nothing).  Variables:
# threads, json, facts.

function median(list,    a, n, i, j, t) {
	n = split(list, a, " ")
	for (i = 2; i <= n; i++) {
		t = a[i] + 0
		for (j = i - 1; j > 0 && a[j] + 0 > t; j--)
			a[j + 1] = a[j]
		a[j + 1] = t
	}
	return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

# How many times as fast the second list is, run by run.
function speeds(base, list,    a, b, n, i, r) {
	n = split(base, a, " ")
	split(list, b, " ")
	for (i = 1; i <= n; i++)
		r = r " " a[i] / b[i]
	return r
}

BEGIN {
	FS = "\t"
	columns = split(threads, thread, " ")
}

FNR == NR {
	split($1, part, ".")
	name[part[1], part[2]] = $2
	order[++variants] = part[1] SUBSEP part[2]
	next
}

{
	runs[$1, $2, $4] = runs[$1, $2, $4] " " $5
	if ($6 != "")
		firsts[$1, $2, $4] = firsts[$1, $2, $4] " " $6
}

END {
	printf "" > json
	for (v = 1; v <= variants; v++) {
		split(order[v], part, SUBSEP)
		question = part[1]
		if (!((order[v], thread[1]) in runs))
			continue				# a peer that is not there
		if (question != before) {
			before = question
			title = question
			sub(/^[0-9]+_/, "", title)
			printf "\n%-44s", title
			for (c = 1; c <= columns; c++) {
				printf " %12s %8s %11s", thread[c] (thread[c] == 1 ? " process" : " processes"), "speed", "first"
				base[c] = runs[order[v], thread[c]]
			}
			printf "\n"
		}
		printf "  %-42s", name[order[v]]
		for (c = 1; c <= columns; c++) {
			ms = median(runs[order[v], thread[c]])
			speed = median(speeds(base[c], runs[order[v], thread[c]]))
			first = (order[v], thread[c]) in firsts ? median(firsts[order[v], thread[c]]) : ""
			printf " %9.0f ms %8.2f %11s", ms, speed, first == "" ? "" : sprintf("%.0f ms", first)
			list = substr(runs[order[v], thread[c]], 2)
			gsub(/ /, ", ", list)
			printf "{\"question\": \"%s\", \"variant\": \"%s\", \"processes\": %d, \"median_ms\": %.3f, \"speed\": %.3f, \"runs_ms\": [%s], \"first_ms\": %s, %s}\n", \
				title, name[order[v]], thread[c], ms, speed, list, first == "" ? "null" : sprintf("%.3f", first), facts > json
		}
		printf "\n"
	}
}
