#!/bin/sh
# Makes the migrations of all three databases after a change of the model.
#   deploy/migrations.sh                 before the first release: makes the one migration, "Initial", anew
#   deploy/migrations.sh AddClusterColor after it: adds a migration of that name
set -eu
cd "$(dirname "$0")/.."
name=${1:-Initial}
dotnet tool restore >/dev/null
for provider in Sqlite Postgres SqlServer; do
  folder=Persistence/Migrations/$provider
  if [ "$name" = Initial ]; then
    rm -rf "Magnum.Core/$folder"
  fi
done
dotnet build Magnum.Core --nologo --verbosity quiet -p:RunAnalyzers=false
for provider in Sqlite Postgres SqlServer; do
  dotnet ef migrations add "$name" --no-build --project Magnum.Core --startup-project Magnum.Core \
    --context "${provider}MagnumDbContext" --output-dir "Persistence/Migrations/$provider"
done
