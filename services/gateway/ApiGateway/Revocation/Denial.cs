namespace Lucid.ApiGateway.Revocation;

/// <param name="Until">By then every access token of the subject has expired, or the denial was lifted.</param>
/// <param name="Version">Of the user view that said so; the highest wins. 0 for sessions.</param>
internal sealed record Denial(DateTimeOffset Until, long Version);

/// <summary>A part of the deny-list, kept so that a restart forgets nothing while tokens live.</summary>
internal sealed record DenialShard(IReadOnlyDictionary<string, Denial> Denials)
{
    public static DenialShard Empty { get; } = new(new Dictionary<string, Denial>());

    /// <summary>With the denial, and without those that are over.</summary>
    public DenialShard With(string subject, Denial denial, DateTimeOffset now)
    {
        var kept = Denials.Where(pair => pair.Value.Until > now).ToDictionary();
        kept[subject] = denial;
        return new DenialShard(kept);
    }
}
