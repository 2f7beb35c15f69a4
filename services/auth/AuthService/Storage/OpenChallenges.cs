using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Storage;

/// <summary>
/// Which challenges a client address has open, at most <see cref="AuthOptions.AuthChallengesPerClient"/>. Kept as long as a challenge lives.
/// It never counts per TRON address: those are public, so anyone could block their owner.
/// </summary>
internal sealed class OpenChallenges(IStateClient state, AuthOptions options, TimeProvider clock) : IDisposable
{
    private const int Attempts = 8;

    // Requests of one address meet here first, so that only replicas compete for the document.
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Adds a challenge; the ids that have to go for it.</summary>
    public Task<IReadOnlyList<string>> AddAsync(string client, string id, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        ChangeAsync(
            client,
            open =>
            {
                var dropped = open.Take(Math.Max(0, open.Count - options.AuthChallengesPerClient + 1)).ToList();
                return ([.. open.Skip(dropped.Count), new OpenChallenge(id, expiresAt)], [.. dropped.Select(challenge => challenge.Id)]);
            },
            cancellationToken);

    public Task RemoveAsync(string client, string id, CancellationToken cancellationToken) =>
        ChangeAsync(client, open => ([.. open.Where(challenge => challenge.Id != id)], []), cancellationToken);

    public void Dispose()
    {
        foreach (var stripe in _stripes)
        {
            stripe.Dispose();
        }
    }

    private async Task<IReadOnlyList<string>> ChangeAsync(
        string client, Func<List<OpenChallenge>, (List<OpenChallenge> Open, List<string> Dropped)> change, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(client));
        var key = "open-challenges:" + Convert.ToHexStringLower(hash);
        var stripe = _stripes[hash[0] % _stripes.Length];
        await stripe.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var item = await state.GetAsync(key, cancellationToken);
                var stored = item is null ? [] : JsonSerializer.Deserialize<List<OpenChallenge>>(item.Value.Span, JsonDefaults.Tolerant) ?? [];
                var (open, dropped) = change([.. stored.Where(challenge => challenge.ExpiresAt > clock.GetUtcNow())]);
                if (await state.SaveAsync(key, JsonSerializer.SerializeToUtf8Bytes(open, JsonDefaults.Tolerant), item?.ETag, Challenges.Life, cancellationToken))
                {
                    return dropped;
                }
            }

            return []; // other replicas are busy with the same address: the bound is loose for a moment, nothing else
        }
        finally
        {
            stripe.Release();
        }
    }

    private sealed record OpenChallenge(string Id, DateTimeOffset ExpiresAt);
}
