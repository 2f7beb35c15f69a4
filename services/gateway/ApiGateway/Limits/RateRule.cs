namespace Lucid.ApiGateway.Limits;

/// <summary>At most <paramref name="Limit"/> requests in any 60 s.</summary>
/// <param name="Name">As in <c>RateLimit-Policy</c>.</param>
/// <param name="Block">How long a key that met the limit is refused altogether; null: until the window has room.</param>
internal sealed record RateRule(string Name, int Limit, TimeSpan? Block = null)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
}

/// <summary>One rule applied to one key.</summary>
/// <param name="Key">Client address, user id.</param>
/// <param name="Cost">1 counts the request, 0 only asks.</param>
internal sealed record RateCharge(RateRule Rule, string Key, int Cost = 1)
{
    public string FullKey { get; } = $"{Rule.Name}:{Key}";
}

/// <param name="Charges">All must have room; then all are counted, otherwise none.</param>
/// <param name="Subjects">Of <see cref="Revocation.Subject"/>: refused if one of them is on the deny-list.</param>
internal sealed record RateQuestion(IReadOnlyList<RateCharge> Charges, IReadOnlyList<string> Subjects);
