# Shared by ./run, ./test and ./lucid: where things are, what is missing, how it is installed.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*" >&2; }

die() { say "$*"; exit 2; }

need_dotnet() {
    command -v dotnet > /dev/null || die "The .NET 10 SDK is missing. Install it (Debian/Ubuntu: apt-get install dotnet-sdk-10.0) and run this again."
    dotnet --list-sdks | grep -q '^10\.' || die "The .NET 10 SDK is missing; found: $(dotnet --list-sdks | tr '\n' ' '). Install dotnet-sdk-10.0 and run this again."
}

# need_programs PROGRAM=PACKAGE ... : installs what is missing when this is root on Debian or Ubuntu, else names the command.
# Returns 1 when something stays missing; what does not need it goes on.
need_programs() {
    local missing=() pair
    for pair in "$@"; do
        command -v "${pair%%=*}" > /dev/null || case " ${missing[*]} " in *" ${pair#*=} "*) ;; *) missing+=("${pair#*=}") ;; esac
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        say "Installing from the distribution: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        if apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null 2>&1 ||
            { apt-get update -qq > /dev/null 2>&1 && apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null 2>&1; }; then
            return 0
        fi
        say "Could not install: ${missing[*]}"
    else
        say "Missing: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}"
    fi
    return 1
}

# build SOLUTION STAMP : builds Release unless nothing changed since the last good build.
build() {
    local stamp="$root/.lucid/$2"
    if [ -f "$stamp" ] && [ -z "$(find "$root" \( -name bin -o -name obj -o -name .lucid -o -name .git -o -name node_modules \) -prune -o \
        -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.sln*' -o -name '*.proto' -o -name '*.razor' \) -newer "$stamp" -print -quit)" ]; then
        return 0
    fi
    say "Building (Release) ..."
    mkdir -p "$root/.lucid"
    local started
    started=$(mktemp)
    if ! dotnet build "$root/$1" -c Release -v quiet --nologo -clp:NoSummary 1>&2; then
        rm -f "$started"
        return 1
    fi
    mv "$started" "$stamp"
}
