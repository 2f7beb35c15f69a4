namespace Lucid.AuthService.Domain;

/// <summary>
/// The keys that sign tokens, oldest first. The next one is published before it is used, an old one stays until the last token it signed
/// has expired.
/// </summary>
internal sealed record KeyRing(IReadOnlyList<SigningKey> Keys)
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>Verifiers read the set every 10 minutes; the spec asks for an hour at least.</summary>
    public static readonly TimeSpan PublishedBefore = TimeSpan.FromHours(24);

    public static readonly TimeSpan LeastPublishedBefore = TimeSpan.FromHours(1);

    /// <summary>Longer than any token (60 min) and the skew.</summary>
    public static readonly TimeSpan KeptAfter = TimeSpan.FromHours(2);

    public static KeyRing Empty { get; } = new([]);

    /// <summary>The key to sign with.</summary>
    public SigningKey Active(DateTimeOffset now) => Keys.LastOrDefault(key => key.UseFrom <= now) ?? Keys[0];

    /// <summary>The ring as it should be now; the same instance when nothing is to do.</summary>
    public KeyRing Advance(DateTimeOffset now, Func<DateTimeOffset, SigningKey> make)
    {
        if (Keys.Count == 0)
        {
            return new([make(now)]);
        }

        var active = Active(now);
        var kept = Keys.Where(key => key.UseFrom >= active.UseFrom || now < active.UseFrom + KeptAfter).ToList();
        var due = Keys[^1].UseFrom + Life;
        if (due - PublishedBefore <= now)
        {
            kept.Add(make(due > now + LeastPublishedBefore ? due : now + LeastPublishedBefore));
        }

        return kept.SequenceEqual(Keys) ? this : new(kept);
    }
}

/// <param name="Kid">RFC 7638 thumbprint.</param>
/// <param name="X">base64url.</param>
/// <param name="Y">base64url.</param>
/// <param name="Wrapped">nonce ‖ ciphertext ‖ tag of the private part.</param>
internal sealed record SigningKey(string Kid, string X, string Y, byte[] Wrapped, DateTimeOffset CreatedAt, DateTimeOffset UseFrom);
