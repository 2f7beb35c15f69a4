using System.Text.Json;

namespace Lucid.Sidecar.Actors;

/// <summary>What an app hosts: the answer to <c>GET /dapr/config</c>.</summary>
/// <param name="Warnings">Fields that were not understood and replaced by their default; entities that were refused.</param>
public sealed record ActorHostConfiguration(IReadOnlyList<ActorTypeConfiguration> Types, IReadOnlyList<string> Warnings)
{
    /// <summary>An app that hosts no actors.</summary>
    public static ActorHostConfiguration None { get; } = new([], []);

    /// <summary>
    /// Reads the document; names are compared without case, as Go does. <c>actorScanInterval</c> and <c>drainRebalancedActors</c> are accepted
    /// without effect: an actor is put down the moment it has been idle long enough, and a running actor never moves to another replica.
    /// </summary>
    public static ActorHostConfiguration Parse(JsonElement root)
    {
        var warnings = new List<string>();
        if (root.ValueKind != JsonValueKind.Object)
        {
            warnings.Add("/dapr/config is not a JSON object");
            return None with { Warnings = warnings };
        }

        var common = Settings(root, new ActorTypeConfiguration(""), warnings);
        var special = new Dictionary<string, ActorTypeConfiguration>(StringComparer.Ordinal);
        if (Json.Property(root, "entitiesConfig") is { ValueKind: JsonValueKind.Array } blocks)
        {
            foreach (var block in blocks.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object))
            {
                var settings = Settings(block, common, warnings);
                foreach (var type in Json.Strings(block, "entities"))
                {
                    special[type] = settings;
                }
            }
        }

        var types = new List<ActorTypeConfiguration>();
        foreach (var type in Json.Strings(root, "entities").Distinct(StringComparer.Ordinal))
        {
            if (ActorNames.IsReserved(type) || ActorNames.Problem(type) is not null)
            {
                warnings.Add($"actor type \"{type}\" cannot be hosted: its name is reserved or holds a forbidden character");
                continue;
            }

            types.Add((special.GetValueOrDefault(type) ?? common) with { Type = type });
        }

        return new ActorHostConfiguration(types, warnings);
    }

    private static ActorTypeConfiguration Settings(JsonElement block, ActorTypeConfiguration defaults, List<string> warnings)
    {
        var reentrancy = Json.Property(block, "reentrancy") is { ValueKind: JsonValueKind.Object } given ? given : (JsonElement?)null;
        var enabled = reentrancy is { } r && Json.Property(r, "enabled") is { } flag ? flag.ValueKind == JsonValueKind.True : defaults.MaxStackDepth > 0;
        var depth = reentrancy is { } d && Json.Property(d, "maxStackDepth") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            ? Math.Max(value, 1)
            : ActorTypeConfiguration.DefaultStackDepth;
        return defaults with
        {
            IdleTimeout = Duration(block, "actorIdleTimeout", defaults.IdleTimeout, warnings),
            DrainTimeout = Duration(block, "drainOngoingCallTimeout", defaults.DrainTimeout, warnings),
            MaxStackDepth = enabled ? depth : 0,
        };
    }

    private static TimeSpan Duration(JsonElement block, string name, TimeSpan fallback, List<string> warnings)
    {
        var text = Json.Text(block, name);
        if (text.Length == 0)
        {
            return fallback;
        }

        if (DaprDuration.TryParseGo(text, out var duration) && duration > TimeSpan.Zero)
        {
            return duration;
        }

        warnings.Add($"{name} \"{text}\" of /dapr/config is not a positive duration such as 1h30m; {fallback} is used");
        return fallback;
    }
}

/// <summary>How one actor type is hosted.</summary>
/// <param name="MaxStackDepth">Depth a reentrant chain of calls may reach in one actor; 0: not reentrant.</param>
public sealed record ActorTypeConfiguration(string Type, int MaxStackDepth = 0)
{
    public const int DefaultStackDepth = 32;

    /// <summary>After this long without a call an actor is deactivated.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long a running call may go on when its actor has to leave.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
