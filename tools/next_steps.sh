#!/bin/sh
# What to type after make demo: tools/next_steps.sh COMMAND HOME.
set -eu
cat <<TEXT

What to type next (or: export HEDGEROW_HOME=$2, and leave --home out)
  $1 revenue movements --home $2                new, expansion, contraction, churn by month
  $1 revenue retention --window 12 --home $2    NDR and GDR
  $1 revenue movers --home $2                   who grew and who shrank, with owner and health
  $1 revenue month CUSTOMER --home $2           one customer; any id from the movers
  $1 revenue explain CUSTOMER --home $2         the same, down to invoice rows, rules and citations
  $1 policy show revenue.spike_multiple            a threshold, its dates and where it comes from
  $1 decide --list                                 every rule that answers about one case
  $1 doctor --home $2                           what is configured, how old it is, what is wrong
TEXT
