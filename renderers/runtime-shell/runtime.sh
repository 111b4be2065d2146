# shellcheck shell=bash
# Carries out the steps of commands.sh. This file is the same for every plan and works with bash 3.2 and later.
#
# commands.sh sources it, declares what its steps need, and calls begin, step for each step, and finish:
#
#   needs_cli SURFACE VERSION ACCEPTS INSTALL PROJECT_VERSION OTHER
#                                                 the agentcore CLI; its version has to match the expression ACCEPTS, and
#                                                 the project's file is of PROJECT_VERSION. OTHER: what a project needs
#                                                 before another CLI can be used on it
#   needs_boto3 PROGRAM                           a Python with boto3
#   needs_program PROGRAM                         a program that the steps with AWS run
#   needs_node                                    Node.js, where there is no CLI that needs it as well
#   project new FILE NAME | existing FILE PATH | none FILE
#   values_file FILE                              where the project keeps the values of its credentials
#   secret NAME PROMPT STEP...                    a value that is asked for without echo and given to these steps only
#   text NAME PROMPT DEFAULT STEP...              a value that is asked for where there is no default
#   lookup NAME PROMPT DEFAULT "STEP..." COMMAND  a value that AWS knows after a deploy: where in COMMAND's output it
#                                                 stands is in plan.json
#   step [--aws] ID [VARIABLE=VALUE...] COMMAND   --aws: it calls AWS; the comment above it is its title
#
# A step's COMMAND is a program, or one of: edit FILE, apply_patch FILE, copy FROM TO..., fill FROM TO..., note TEXT.
# Before a program stand create_project, with_credentials, pipe NAME or pipe_parameters KEY=NAME... --.

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
ROOT="" PARENT="" CLI="" CLI_ARGUMENTS=() PYTHON="" PROGRAMS="" NODE="" PROJECT_KIND="" PROJECT_FILE="" PROJECT_AT="" VALUES_FILE=""
LOCAL="" FROM="" DRY_RUN="" FIRST=1 NUMBER=0 TOTAL=0 CURRENT="" LEFT_OUT="" LACKING=""
STEPS=() TITLES=() NEEDS=() NAMES=() KINDS=() PROMPTS=() DEFAULTS=() USERS=()

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "commands.sh: $*"
  exit 1
}

ended() {
  local status=$?
  if [ "$status" -ne 0 ] && [ -n "$CURRENT" ]; then
    say ""
    say "Stopped at $CURRENT (exit $status). Correct what it says above and run this script again: finished steps are not repeated."
  fi
}
trap ended EXIT

# ---------------------------------------------------------------------------------------------- declarations

needs_cli() { CLI=agentcore CLI_ARGUMENTS=("$@"); }
needs_boto3() { PYTHON=$1; }
needs_program() { PROGRAMS="$PROGRAMS $1"; }
needs_node() { NODE=1; }
project() { PROJECT_KIND=$1 PROJECT_FILE=$2 PROJECT_AT=${3:-}; }
values_file() { VALUES_FILE=$1; }
secret() { declare_value secret "$1" "$2" "" "${*:3}"; }
text() { declare_value text "$1" "$2" "$3" "${*:4}"; }

declare_value() {
  local count=${#NAMES[@]}
  KINDS[count]=$1 NAMES[count]=$2 PROMPTS[count]=$3 DEFAULTS[count]=$4 USERS[count]=$5
}

# ---------------------------------------------------------------------------------------------- the beginning

begin() {
  read_steps
  parse_options "$@"
  find_project
  [ -n "$DRY_RUN" ] || check_programs
  if [ -d "$ROOT" ]; then
    cd -- "$ROOT" || exit
  fi
  prepare_values
}

# Fills STEPS, NEEDS and TITLES, counted from 1, from the lines of commands.sh itself.
read_steps() {
  local line id needs title=""
  while IFS= read -r line; do
    case $line in
      "step "*)
        id=${line#step } needs=local
        case $id in "--aws "*) id=${id#--aws } needs=aws ;; esac
        TOTAL=$((TOTAL + 1))
        STEPS[TOTAL]=${id%% *} NEEDS[TOTAL]=$needs TITLES[TOTAL]=$title
        ;;
      "# "*) title=${line#\# } ;;
    esac
  done <"$HERE/commands.sh"
}

usage() {
  local number
  cat <<'TEXT'
usage: commands.sh [--local] [--from STEP] [--dry-run]

  --local      only the steps that need no AWS
  --from STEP  begin with this step
  --dry-run    print what would be run, run nothing

CONNECT_PROJECT  the project's folder, when it is not found from where this script lies

steps:
TEXT
  for ((number = 1; number <= TOTAL; number++)); do
    if [ "${NEEDS[number]}" = aws ]; then
      printf '  %s  (AWS)\n' "${STEPS[number]}"
    else
      printf '  %s\n' "${STEPS[number]}"
    fi
  done
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --local) LOCAL=1 ;;
      --dry-run) DRY_RUN=1 ;;
      --from)
        [ $# -gt 1 ] || fail "--from takes a step's name; --help lists them"
        FROM=$2
        shift
        ;;
      --from=*) FROM=${1#--from=} ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        say ""
        say "commands.sh: unknown argument: $1"
        exit 2
        ;;
    esac
    shift
  done
  if [ -n "$FROM" ]; then
    FIRST=$(number_of "$FROM")
    [ "$FIRST" -gt 0 ] || fail "there is no step called $FROM; --help lists them"
  fi
}

# The number of a step; 0 for a name that is none.
number_of() {
  local number
  for ((number = 1; number <= TOTAL; number++)); do
    if [ "${STEPS[number]}" = "$1" ]; then
      printf '%s' "$number"
      return
    fi
  done
  printf 0
}

# Sets ROOT, the project's folder, and where this plan creates the project PARENT, the folder that gets it.
find_project() {
  local file=$PROJECT_FILE folder
  if [ "$PROJECT_KIND" = new ]; then
    ROOT=${CONNECT_PROJECT:-$(dirname -- "$HERE")/$PROJECT_AT}
    PARENT=$(dirname -- "$ROOT")
    if [ -e "$ROOT/$file" ]; then
      ROOT=$(cd -- "$ROOT" && pwd -P)
      return
    fi
    [ "$(basename -- "$ROOT")" = "$PROJECT_AT" ] ||
      fail "CONNECT_PROJECT is $ROOT: no project is there, and the one this plan creates is called $PROJECT_AT"
    [ ! -e "$ROOT" ] || fail "$ROOT is in the way: it exists and holds no AgentCore project"
    return
  fi
  if [ -n "${CONNECT_PROJECT:-}" ]; then
    [ -e "$CONNECT_PROJECT/$file" ] || fail "CONNECT_PROJECT is $CONNECT_PROJECT, and there is no $file in it"
    ROOT=$(cd -- "$CONNECT_PROJECT" && pwd -P)
    return
  fi
  if [ "$PROJECT_KIND" = none ]; then
    ROOT=$(dirname -- "$HERE")
    return
  fi
  if [ -n "$PROJECT_AT" ] && [ -e "$HERE/$PROJECT_AT/$file" ]; then
    ROOT=$(cd -- "$HERE/$PROJECT_AT" && pwd -P)
    return
  fi
  for folder in "$HERE" "$PWD"; do
    while [ "$folder" != / ] && [ "$folder" != . ]; do
      if [ -e "$folder/$file" ]; then
        ROOT=$folder
        return
      fi
      folder=$(dirname -- "$folder")
    done
  done
  [ -t 0 ] || fail "the project is not found from $HERE or $PWD: set CONNECT_PROJECT to its folder"
  read -r -p "Folder of the AgentCore project (it holds $file): " folder
  [ -e "$folder/$file" ] || fail "there is no $file in $folder"
  ROOT=$(cd -- "$folder" && pwd -P)
}

check_programs() {
  local name
  if [ -n "$CLI" ]; then
    check_cli "${CLI_ARGUMENTS[@]}"
  fi
  if [ -n "$NODE" ]; then
    type -P node >/dev/null || fail "Node.js is not on the PATH; this script reads and edits JSON with it"
  fi
  for name in $PROGRAMS; do
    [ -n "$LOCAL" ] || type -P "$name" >/dev/null || fail "$name is not on the PATH; the steps that need AWS run it"
  done
  if [ -n "$PYTHON" ] && [ -z "$LOCAL" ]; then
    type -P "$PYTHON" >/dev/null || fail "$PYTHON is not on the PATH; the boto3 scripts need it"
    "$PYTHON" -c "import boto3" 2>/dev/null || fail "$PYTHON has no boto3: $PYTHON -m pip install boto3"
  fi
}

check_cli() {
  local surface=$1 accepts=$3 install=$4 file_version=$5 other=$6 version program
  program=$(type -P agentcore) || fail "the agentcore CLI is not installed: $install"
  type -P node >/dev/null || fail "Node.js is not on the PATH; the agentcore CLI needs it too"
  version=$(agentcore --version </dev/null 2>/dev/null | tail -n 1 | tr -d '[:space:]') || version=""
  if [[ $version =~ $accepts ]]; then
    check_project "$surface" "$file_version"
    return
  fi
  if [[ ! $version =~ ^[0-9]+\.[0-9]+ ]]; then
    say "The agentcore that comes first on the PATH ($program) is not the AgentCore CLI of npm:"
    say "the older Python toolkit (bedrock-agentcore-starter-toolkit) has a command of the same name."
    fail "uninstall it with the tool it came with (pip, pipx or uv), or put the npm CLI first on the PATH"
  fi
  say "This plan is for AgentCore CLI $surface; the installed one is $version, whose commands differ. Do one of two things:"
  say "  1. run this plan with its own CLI:  npx --package ${install##* } -- bash $(quoted "$HERE/commands.sh")"
  say "  2. plan for the installed CLI:      agentcore-connect plan $(quoted "$HERE/answers.yaml") --cli-version $version --out $(quoted "$HERE") --force"
  if [ -e "$ROOT/$PROJECT_FILE" ]; then
    say "$other"
  fi
  fail "nothing was done"
}

# The project's file can have been converted since the plan was written.
check_project() {
  local found
  [ -e "$ROOT/$PROJECT_FILE" ] || return 0
  found=$(helper version "$ROOT/$PROJECT_FILE") || found=""
  if [ -n "$found" ] && [ "$found" != "$2" ]; then
    say "$PROJECT_FILE is of version $found, and this plan is for AgentCore CLI $1, which takes version $2. Nothing was done."
    fail "plan for the CLI of that project: agentcore-connect plan $(quoted "$HERE/answers.yaml") --cli-version VERSION --out $(quoted "$HERE") --force"
  fi
}

quoted() { printf '%q' "$1"; }

# ---------------------------------------------------------------------------------------------- values

# Asks for every value that the steps of this run need, before the first of them changes anything. A secret that the
# environment has is taken out of it: only the steps that are declared for it get it.
prepare_values() {
  local index name user
  { set +x; } 2>/dev/null
  for ((index = 0; index < ${#NAMES[@]}; index++)); do
    name=${NAMES[index]}
    if [ -n "$DRY_RUN" ]; then
      printf -v "$name" '%s' "\${$name}"
      continue
    fi
    is_set "$name" || printf -v "$name" '%s' ""
    for user in ${USERS[index]}; do
      if will_run "$user" && ! is_there "$user"; then
        ask "$name" "${KINDS[index]}" "${PROMPTS[index]}" "${DEFAULTS[index]}"
        break
      fi
    done
    if [ "${KINDS[index]}" = secret ]; then
      export -n "${name?}"
    fi
  done
}

# Whether a step is among those of this run.
will_run() {
  local number
  number=$(number_of "$1")
  [ "$number" -ge "$FIRST" ] && { [ -z "$LOCAL" ] || [ "${NEEDS[number]}" != aws ]; }
}

is_set() { [ -n "${!1:+x}" ]; }

is_stored() { [ -n "$VALUES_FILE" ] && grep -qs "^$1=." "$ROOT/$VALUES_FILE"; }

# Gets a value from the environment, from its default or from the person; a secret without echo.
ask() {
  local name=$1 kind=$2 prompt=$3 default=${4:-} value=""
  { set +x; } 2>/dev/null
  if [ -n "$DRY_RUN" ] || is_set "$name" || is_stored "$name"; then
    return 0
  fi
  if [ -n "$default" ]; then
    value=$default
  elif [ ! -t 0 ]; then
    IFS= read -r value || true
  elif [ "$kind" = secret ]; then
    IFS= read -r -s -p "  $prompt ($name), not shown: " value || true
    say ""
  else
    IFS= read -r -p "  $prompt ($name): " value || true
  fi
  [ -n "$value" ] || fail "$name is missing ($prompt): set it in the environment, or run this script in a terminal"
  printf -v "$name" '%s' "$value"
  if [ "$kind" = text ]; then
    export "${name?}"
  fi
}

# Asks for what a step still lacks.
ask_for() {
  local index
  for ((index = 0; index < ${#NAMES[@]}; index++)); do
    case " ${USERS[index]} " in
      *" $1 "*) ask "${NAMES[index]}" "${KINDS[index]}" "${PROMPTS[index]}" "${DEFAULTS[index]}" ;;
    esac
  done
}

# Puts the values of a step into the environment; called in the step's own shell.
give() {
  local index
  { set +x; } 2>/dev/null
  for ((index = 0; index < ${#NAMES[@]}; index++)); do
    case " ${USERS[index]} " in
      *" $1 "*)
        if is_set "${NAMES[index]}"; then
          export "${NAMES[index]?}"
        fi
        ;;
    esac
  done
}

# Finds a value for the steps that follow.
lookup() {
  local name=$1 prompt=$2 default=$3 users=$4 user value="" wanted=""
  shift 4
  for user in $users; do
    if will_run "$user"; then
      wanted=${wanted:-$user}
    fi
  done
  if [ -n "$DRY_RUN" ]; then
    printf -v "$name" '%s' "\${$name}"
    return
  fi
  if is_set "$name"; then
    value=${!name}
  elif [ -z "$wanted" ]; then
    value=""
  elif [ -n "$default" ]; then
    value=$default
  elif [ -n "$LOCAL" ]; then
    for user in $users; do LACKING="$LACKING $user:$name"; done
  else
    CURRENT=$wanted
    enter_project
    if [ $# -gt 0 ]; then
      value=$(program "$@" | helper find "$name") || value=""
      [ -n "$value" ] || [ -t 0 ] ||
        fail "$prompt was not found. Deploy first (--from deploy), or set $name in the environment"
    fi
    if [ -z "$value" ]; then
      printf -v "$name" '%s' ""
      ask "$name" text "$prompt"
      value=${!name}
    fi
  fi
  printf -v "$name" '%s' "$value"
  export "${name?}"
}

# ---------------------------------------------------------------------------------------------- steps

step() {
  local needs=local id lacks
  if [ "$1" = --aws ]; then
    needs=aws
    shift
  fi
  id=$1
  shift
  NUMBER=$((NUMBER + 1))
  if [ "$NUMBER" -lt "$FIRST" ]; then
    return
  fi
  CURRENT=$id
  say ""
  say "[$NUMBER/$TOTAL] $id: ${TITLES[NUMBER]}"
  if [ -n "$LOCAL" ] && [ "$needs" = aws ]; then
    leave_out "it needs AWS"
    return
  fi
  case "$LACKING " in
    *" $id:"*)
      lacks=${LACKING#*" $id:"}
      leave_out "it needs ${lacks%% *}, which AWS knows once the gateway is deployed"
      return
      ;;
  esac
  enter_project
  if [ -z "$DRY_RUN" ] && ! is_absent "$id" "$@"; then
    return
  fi
  ask_for "$id"
  carry_out "$id" "$@"
}

leave_out() {
  LEFT_OUT="$LEFT_OUT $CURRENT"
  say "  left out: $1"
}

enter_project() {
  if [ -d "$ROOT" ]; then
    cd -- "$ROOT" || exit
  fi
}

# A step in a shell of its own: what it changes in the environment ends with it.
carry_out() (
  give "$1"
  shift
  while [[ $1 =~ ^[A-Z][A-Z0-9_]*= ]]; do
    export "${1?}"
    shift
  done
  case $1 in
    create_project | with_credentials | pipe | pipe_parameters | edit | apply_patch | copy | fill | note) "$@" ;;
    *) program "$@" ;;
  esac
)

finish() {
  CURRENT=""
  say ""
  if [ -n "$DRY_RUN" ]; then
    say "Nothing was run."
  elif [ -n "$LEFT_OUT" ]; then
    say "Done, but for what needs AWS:$LEFT_OUT"
  else
    say "Done."
  fi
}

# Whether what a step makes is absent; stops where something else of that name is there.
is_absent() {
  local status=0
  case $2 in
    create_project)
      [ -e "$ROOT/$PROJECT_FILE" ] || return 0
      say "  already there: $ROOT"
      return 1
      ;;
    edit | apply_patch | copy | fill | note) return 0 ;;
  esac
  [ -n "$CLI" ] || return 0
  helper probe "$1" || status=$?
  case $status in
    0) return 0 ;;
    10) say "  already there" && return 1 ;;
    *) fail "what is in the project differs from the plan (above): change one of them, or remove it from the project" ;;
  esac
}

# Whether what a step makes is there already, without a word.
is_there() {
  local status=0
  if [ -z "$CLI" ] || [ ! -d "$ROOT" ]; then
    return 1
  fi
  helper probe "$1" >/dev/null 2>&1 || status=$?
  [ "$status" -eq 10 ]
}

helper() { node "$HERE/runtime.mjs" "$@"; }

# Runs a program; for a dry run prints the command, run-time values as names.
program() {
  local status=0
  if [ -n "$DRY_RUN" ]; then
    show "$@"
  elif [ "$1" = agentcore ] && [ -z "${PIPED:-}" ]; then
    "$@" </dev/null
  elif [ "$1" = "$PYTHON" ]; then
    "$@" || status=$?
    [ "$status" -eq 3 ] || return "$status"
    say "  Someone has to consent first, as it says above; then run this step again."
  else
    "$@"
  fi
}

show() {
  local word line=""
  for word in "$@"; do
    case $word in
      *\$\{*) line="$line \"$word\"" ;;
      "" | *[!A-Za-z0-9_./:=@%+,-]*) line="$line '${word//\'/$QUOTED}'" ;;
      *) line="$line $word" ;;
    esac
  done
  printf '  %s\n' "${line# }"
}
QUOTED="'\\''"

create_project() {
  cd -- "$PARENT" || exit
  program "$@"
}

# Pipes a value into a program.
pipe() {
  local name=$1
  shift
  export -n "${name?}"
  PIPED=1 program "$@" < <(printf '%s' "${!name}")
}

# Pipes a JSON list of KEY=value into a program: printf is the shell's own, so the values are in no command line.
pipe_parameters() {
  local text list=""
  { set +x; } 2>/dev/null
  while [ "$1" != -- ]; do
    text=${1#*=}
    export -n "${text?}"
    text="${1%%=*}=${!text}"
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\t'/\\t}
    text=${text//$'\r'/\\r}
    text=${text//$'\n'/\\n}
    list="$list,\"$text\""
    shift
  done
  shift
  PIPED=1 program "$@" < <(printf '[%s]' "${list#,}")
}

# Asks for what a deploy needs beyond this plan's own values: with some of them only, the CLI forgets the other providers.
with_credentials() {
  local wanted name kind
  if [ -z "$DRY_RUN" ]; then
    if [ ! -e "$VALUES_FILE" ]; then
      (umask 077 && : >"$VALUES_FILE")
    fi
    wanted=$(helper values)
    while read -r name kind <&3; do
      [ -n "$name" ] || continue
      ask "$name" "$kind" "a credential of this project"
      if is_set "$name"; then
        export "${name?}"
      fi
    done 3<<<"$wanted"
  fi
  program "$@"
}

# Makes the changes that plan.json has for the step.
edit() {
  if [ -n "$DRY_RUN" ]; then
    printf '  edit %s: %s\n' "$1" "$(helper changes "$CURRENT" 2>/dev/null || printf 'the changes in plan.json')"
    return
  fi
  changed "$1" helper edit "$CURRENT"
}

# Copies files of the plan into the project.
copy() {
  while [ $# -gt 0 ]; do
    if [ -n "$DRY_RUN" ]; then
      printf '  copy %s to %s\n' "$HERE/$1" "$2"
    elif cmp -s "$HERE/$1" "$2"; then
      say "  already as planned: $2"
    else
      [ -r "$HERE/$1" ] || fail "$HERE/$1 cannot be read"
      mkdir -p -- "$(dirname -- "$2")"
      cp -- "$HERE/$1" "$2"
      say "  wrote $2"
    fi
    shift 2
  done
}

# Copies files of the plan into the project, with the step's values filled in.
fill() {
  while [ $# -gt 0 ]; do
    if [ -n "$DRY_RUN" ]; then
      printf '  copy %s to %s\n' "$HERE/$1" "$2"
    else
      changed "$2" helper fill "$CURRENT" "$HERE/$1" "$2"
    fi
    shift 2
  done
}

# Applies a patch of the plan to the project: whole or not at all, and never over code that the plan has not read.
apply_patch() {
  local patch="$HERE/$1"
  if [ -n "$DRY_RUN" ]; then
    printf '  apply %s\n' "$1"
    return
  fi
  if patched --reverse --check "$patch"; then
    say "  already there"
  elif patched --check "$patch"; then
    patched "$patch" || fail "$1 was not applied"
    say "  applied $1"
  else
    patched --verbose --check "$patch" loudly || true
    fail "the agent's files are not as they were when the plan was written: write the plan again, or make the edit by hand (plan.md shows it)"
  fi
}

# git outside of any repository, so that it takes the paths from here; or patch, to the letter.
patched() {
  local verb="" word file="" said=/dev/null
  for word in "$@"; do
    case $word in
      --reverse | --check) verb="$verb $word" ;;
      --verbose) ;;
      loudly) said=/dev/stderr ;;
      *) file=$word ;;
    esac
  done
  if type -P git >/dev/null; then
    # shellcheck disable=SC2086 # the options are words
    env -u GIT_DIR -u GIT_WORK_TREE GIT_CEILING_DIRECTORIES="$(dirname -- "$PWD")" git -c core.autocrlf=false \
      -c apply.whitespace=nowarn -c apply.ignorewhitespace=no apply $verb "$file" >/dev/null 2>$said
  elif type -P patch >/dev/null; then
    case $verb in *--check*) word=--dry-run ;; *) word=--no-backup-if-mismatch ;; esac
    case $verb in *--reverse*) verb=--reverse ;; *) verb="" ;; esac
    # shellcheck disable=SC2086 # it may be empty
    patch -p1 --binary --force --fuzz=0 --reject-file=- $verb $word <"$file" >/dev/null 2>$said
  else
    fail "neither git nor patch is on the PATH, and one of them applies the edit of the agent's code"
  fi
}

note() { say "  $1"; }

# Runs a command that exits with 10 where nothing had to change.
changed() {
  local what=$1 status=0
  shift
  "$@" || status=$?
  case $status in
    0) say "  wrote $what" ;;
    10) say "  already as planned: $what" ;;
    *) return "$status" ;;
  esac
}
