//! Examples at the end of the help texts.

/// The end of `twinprint -h`.
pub(super) const OF_ALL: &str = "\
Start with: twinprint dedup corpus.jsonl --output out
Examples and all options: twinprint COMMAND --help";

/// The end of `twinprint --help`.
pub(super) const OF_ALL_LONG: &str = "\
Examples:
  twinprint dedup corpus.jsonl --output out      kept and removed documents, in out
  twinprint pairs corpus.jsonl --preset web      all similar pairs, on standard output
  twinprint dedup --help                         all options of dedup, with examples

Exit status: 0 success; 1 stopped by --most-of-corpus or --most-of-source, because too much would be removed; 2 an error in the \
command line, the settings or an input; 130 or 143 interrupted.";

pub(super) const DEDUP: &str = "\
Examples:
  twinprint dedup corpus.jsonl --output out
  twinprint dedup 'news-*.jsonl.gz' --preset news --id url --text title,body --output out
  twinprint dedup news.jsonl --keep score:quality,longest --contained 0.8 --output out
  twinprint dedup train.jsonl --against tests.jsonl --contained 0.8 --output out
  twinprint dedup today.jsonl --index seen --output today
  zcat crawl.jsonl.gz | twinprint dedup - -o - --quiet > kept.jsonl";

pub(super) const PAIRS: &str = "\
Examples:
  twinprint pairs corpus.jsonl --threshold 0.8
  twinprint pairs corpus.jsonl --report page.html -o pairs.tsv
  twinprint pairs corpus.jsonl --json | jq 'select(.jaccard < 0.9)'";

pub(super) const CLUSTERS: &str = "\
Examples:
  twinprint clusters corpus.jsonl --keep longest
  twinprint clusters corpus.jsonl --json | jq '.documents'";

pub(super) const CONTAINED: &str = "\
Examples:
  twinprint contained corpus.jsonl --least 0.9
  twinprint contained quotes.jsonl pages.jsonl --one-in 1";

pub(super) const AUDIT: &str = "\
Examples:
  twinprint audit corpus.jsonl --preset web
  twinprint audit corpus.jsonl --sample 5000 --json";

pub(super) const EVALUATE: &str = "\
Examples:
  twinprint pairs corpus.jsonl --threshold 0.1 | twinprint evaluate - --labels labels.tsv
  twinprint evaluate pairs.tsv --labels labels.tsv --plot curve.svg
  twinprint clusters corpus.jsonl | twinprint evaluate --clusters - --labels labels.tsv";

pub(super) const PLAN: &str = "\
Examples:
  twinprint plan corpus.jsonl --threshold 0.7 --recall 0.95";

pub(super) const TRIM: &str = "\
Examples:
  twinprint trim pages.jsonl --unit line --output trimmed
  twinprint trim pages.jsonl -o - | twinprint dedup - --output out";

pub(super) const STORIES: &str = "\
Examples:
  twinprint stories news.jsonl --date published --source outlet --title headline
  twinprint stories news/ --limit 10
  twinprint stories news.jsonl --json | jq '.articles[].id'";

pub(super) const REWRITES: &str = "\
Examples:
  twinprint rewrites news.jsonl --threshold 0.2
  twinprint rewrites news.jsonl --json -o rewrites.jsonl";

pub(super) const INDEX: &str = "\
Examples:
  twinprint index create seen --preset news
  twinprint index add seen monday.jsonl
  twinprint index query seen tuesday.jsonl
  twinprint index expire seen --older-than 30d";

pub(super) const INDEX_CREATE: &str = "\
Examples:
  twinprint index create seen --words 3 --threshold 0.5
  twinprint index create seen --preset web --signatures-only";

pub(super) const INDEX_ADD: &str = "\
Examples:
  twinprint index add seen monday.jsonl
  twinprint index add seen 'crawl-*.jsonl.gz' --id url --text title,body --commit-every 10000";

pub(super) const INDEX_QUERY: &str = "\
Examples:
  twinprint index query seen tuesday.jsonl
  twinprint index query seen tuesday.jsonl --top 5 --json
  crawler | twinprint index query seen - --json | jq 'select(.matches == [])'";

pub(super) const INDEX_REMOVE: &str = "\
Examples:
  twinprint index remove seen article-17 article-18
  twinprint index remove seen --from ids.txt";

pub(super) const INDEX_EXPIRE: &str = "\
Examples:
  twinprint index expire seen --older-than 30d
  twinprint index expire seen --before 2026-11-01T00:00:00Z";

pub(super) const INDEX_MERGE: &str = "\
Examples:
  twinprint index merge all monday tuesday";

pub(super) const INSPECT: &str = "\
Examples:
  twinprint inspect work
  twinprint inspect work/sets-00000";

pub(super) const COMPLETIONS: &str = "\
Examples:
  twinprint completions bash > ~/.local/share/bash-completion/completions/twinprint
  twinprint completions zsh > ~/.zfunc/_twinprint
  twinprint completions fish > ~/.config/fish/completions/twinprint.fish";

pub(super) const MAN: &str = "\
Examples:
  twinprint man | man -l -
  twinprint man dedup > ~/.local/share/man/man1/twinprint-dedup.1";

pub(super) const SHARD: &str = "\
Examples:
  twinprint shard plan 'crawl/*.jsonl.gz' --preset web --work work --shards 64
  twinprint shard sign --work work --shard 1/64      and so on to 64/64, in any order
  twinprint shard group --work work
  twinprint shard bands --work work --shard 1/64     and so on
  twinprint shard merge --work work
  twinprint shard verify --work work --shard 1/64    and so on
  twinprint shard clusters --work work --output out

docs/shards.md has scripts for Slurm, for Ray and for plain ssh.";

pub(super) const SHARD_PLAN: &str = "\
Examples:
  twinprint shard plan corpus.jsonl --work work --shards 8
  twinprint shard plan 'crawl/*.parquet' --preset web --memory 8G --work work --shards 256";

pub(super) const SHARD_CLUSTERS: &str = "\
Examples:
  twinprint shard clusters --work work --output out
  twinprint shard clusters --work work --output out --output-per-file";
