#!/usr/bin/env bash
# Makes Lucid.sln from the projects in the checkout, and Lucid.Run.slnf from those a run needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -f Lucid.sln
dotnet new sln --format sln --name Lucid > /dev/null
mapfile -t projects < <(git ls-files -co --exclude-standard '*.csproj' | sort)
dotnet sln Lucid.sln add "${projects[@]}" > /dev/null
{
    printf '{\n  "solution": {\n    "path": "Lucid.sln",\n    "projects": [\n'
    printf '%s\n' "${projects[@]}" | grep -E '^(building-blocks|services|sidecar|tools)/' | grep -vE '^tools/DaprFiles/' |
        sed 's/.*/      "&"/; $!s/$/,/'
    printf '    ]\n  }\n}\n'
} > Lucid.Run.slnf
