using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>
/// Bounded sets, such as the sessions of a user (DESIGN §4.3): reserve a place, write the member, confirm. A reservation that was not
/// confirmed in time is kept when its member exists and given up when it does not, so that no member is lost and no place is.
/// </summary>
public sealed class MemberSets(IStateClient state, TimeProvider clock)
{
    /// <param name="capacity">Most members, reservations included.</param>
    /// <param name="timeToLive">For the member to be written.</param>
    /// <param name="memberExists">Asked about reservations that ran out.</param>
    public Task<ReserveOutcome> ReserveAsync(
        string set, string owner, string member, int capacity, TimeSpan timeToLive,
        Func<string, CancellationToken, Task<bool>> memberExists, CancellationToken cancellationToken)
    {
        var key = KeyOf(set, owner);
        return Optimistic.RunAsync<ReserveOutcome>(
            async () =>
            {
                var item = await state.GetAsync(key, cancellationToken).ConfigureAwait(false);
                var members = item is null ? [] : new Dictionary<string, DateTimeOffset?>(StateJson.Read<MemberDocument>(item).Members);
                if (members.ContainsKey(member))
                {
                    return (true, ReserveOutcome.AlreadyMember);
                }

                foreach (var (late, _) in members.Where(m => m.Value <= clock.GetUtcNow()).ToArray())
                {
                    if (await memberExists(late, cancellationToken).ConfigureAwait(false))
                    {
                        members[late] = null;
                    }
                    else
                    {
                        members.Remove(late);
                    }
                }

                if (members.Count >= capacity)
                {
                    return (true, ReserveOutcome.Full);
                }

                members[member] = clock.GetUtcNow() + timeToLive;
                var document = StateJson.Write(new MemberDocument(members));
                return (await state.SaveAsync(key, document, item?.ETag, null, cancellationToken).ConfigureAwait(false), ReserveOutcome.Reserved);
            },
            clock,
            cancellationToken);
    }

    /// <summary>False: the reservation ran out and was given up.</summary>
    public Task<bool> ConfirmAsync(string set, string owner, string member, CancellationToken cancellationToken) =>
        state.UpdateAsync<MemberDocument, bool>(
            KeyOf(set, owner),
            current => current is null || !current.Members.ContainsKey(member)
                ? (null, false)
                : (new MemberDocument(new Dictionary<string, DateTimeOffset?>(current.Members) { [member] = null }), true),
            clock,
            cancellationToken);

    public Task RemoveAsync(string set, string owner, string member, CancellationToken cancellationToken) =>
        state.UpdateAsync<MemberDocument, bool>(
            KeyOf(set, owner),
            current => current is null || !current.Members.ContainsKey(member)
                ? (null, false)
                : (new MemberDocument(current.Members.Where(m => m.Key != member).ToDictionary()), true),
            clock,
            cancellationToken);

    /// <summary>Members and reservations; skip those without a member.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string set, string owner, CancellationToken cancellationToken) =>
        await state.GetAsync(KeyOf(set, owner), cancellationToken).ConfigureAwait(false) is { } item ? [.. StateJson.Read<MemberDocument>(item).Members.Keys] : [];

    private static string KeyOf(string set, string owner) => StateKey.Of("members", set, owner);

    // Null: confirmed; a time: reserved until then.
    private sealed record MemberDocument(IReadOnlyDictionary<string, DateTimeOffset?> Members);
}

public enum ReserveOutcome
{
    Reserved,
    AlreadyMember,
    Full,
}
