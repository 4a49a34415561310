#!/bin/sh
# What to type after make demo: tools/next_steps.sh COMMAND HOME.
set -eu
step() { printf '  %-58s %s\n' "$1" "$2"; }
h=$1
printf '\nWhat to type next, after: export HEDGEROW_HOME=%s\n' "$2"
step "$h revenue movements" "new, expansion, contraction and churn by month"
step "$h revenue retention --window 12" "NDR and GDR"
step "$h revenue movers" "who grew and who shrank, with owner and health"
step "$h revenue month CUSTOMER" "one customer; take any id from the movers"
step "$h revenue explain CUSTOMER" "the same, down to invoice rows, rules and citations"
step "$h policy show revenue.spike_multiple" "a threshold, its dates, where it comes from"
step "$h decide --list" "every rule that answers about one case"
step "$h doctor" "what is configured, how old it is, what is wrong"
