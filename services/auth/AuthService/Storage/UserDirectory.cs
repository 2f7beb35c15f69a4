using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;
using Lucid.Wallets;

namespace Lucid.AuthService.Storage;

/// <summary>Users by id and by address.</summary>
internal sealed class UserDirectory(EntityStore<User> users, UniqueKeys unique, TimeProvider clock)
{
    private const string Addresses = "tron-address";

    public Task<Entity<User>?> FindAsync(string userId, CancellationToken cancellationToken) => users.FindAsync(userId, cancellationToken);

    /// <summary>
    /// The user of a proven address, made at its first log-in. The claim on the address comes first: after a crash between the two the next
    /// log-in makes the user the claim names.
    /// </summary>
    public async Task<Entity<User>> FindOrCreateAsync(TronAddress proven, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var address = proven.ToString();
        var id = await unique.FindAsync(Addresses, address, cancellationToken)
            ?? await unique.ClaimAsync(Addresses, address, Guid.CreateVersion7(now).ToString("D"), cancellationToken);
        if (await users.FindAsync(id, cancellationToken) is { } known)
        {
            return known;
        }

        var created = users.New(id, User.Create(id, address, now));
        created.Raise(Topics.Auth, EventTypes.UserRegistered, new UserNotice(created.Value.ToView(created.Version + 1)));
        _ = await users.SaveAsync(created, cancellationToken); // a conflict: a parallel log-in made the same user
        return await users.FindAsync(id, cancellationToken) ?? throw new InvalidOperationException("a user that was just saved is gone");
    }

    /// <summary>Notes a log-in and tells of it.</summary>
    public Task<UserView> LoggedInAsync(string userId, string sid, string method, CancellationToken cancellationToken) =>
        users.UpdateAsync(
            userId,
            entity =>
            {
                var now = clock.GetUtcNow();
                entity!.Value = entity.Value with { LastLogin = now, UpdatedAt = now };
                var view = entity.Value.ToView(entity.Version + 1);
                entity.Raise(Topics.Auth, EventTypes.LoginSucceeded, new LoginNotice(userId, sid, method, view));
                return view;
            },
            cancellationToken);

    /// <summary>Adds an encryption key under the rule of <see cref="User.MayAdd"/>; null: no such user.</summary>
    public Task<AddKeyOutcome?> AddKeyAsync(string userId, EncryptionKey key, DateTimeOffset authTime, bool hasStepUp, CancellationToken cancellationToken) =>
        users.UpdateAsync<AddKeyOutcome?>(
            userId,
            entity =>
            {
                if (entity is null)
                {
                    return null;
                }

                var outcome = entity.Value.MayAdd(key.Kid, authTime, hasStepUp, clock.GetUtcNow());
                if (outcome == AddKeyOutcome.Added)
                {
                    Change(entity, [key, .. entity.Value.EncryptionKeys], "encryption_key_added");
                }

                return outcome;
            },
            cancellationToken);

    /// <summary>False: no such key.</summary>
    public Task<bool> RemoveKeyAsync(string userId, string kid, CancellationToken cancellationToken) =>
        users.UpdateAsync(
            userId,
            entity =>
            {
                if (entity?.Value.EncryptionKeys.Any(key => key.Kid == kid) != true)
                {
                    return false;
                }

                Change(entity, [.. entity.Value.EncryptionKeys.Where(key => key.Kid != kid)], "encryption_key_removed");
                return true;
            },
            cancellationToken);

    private void Change(Entity<User> entity, IReadOnlyList<EncryptionKey> keys, string change)
    {
        entity.Value = entity.Value with { EncryptionKeys = keys, UpdatedAt = clock.GetUtcNow() };
        entity.Raise(Topics.Auth, EventTypes.UserUpdated, new UserNotice(entity.Value.ToView(entity.Version + 1), change));
    }
}
