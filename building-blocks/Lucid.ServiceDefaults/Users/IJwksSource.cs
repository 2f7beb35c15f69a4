namespace Lucid.ServiceDefaults;

/// <summary>Where the keys that verify access tokens are read. The default asks the auth service; the auth service registers itself.</summary>
public interface IJwksSource
{
    /// <summary>A JWK set (RFC 7517); null: cannot be read at the moment.</summary>
    Task<string?> ReadAsync(CancellationToken cancellationToken);
}
