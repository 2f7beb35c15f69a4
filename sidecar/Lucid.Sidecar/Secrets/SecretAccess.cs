using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Secrets;

/// <summary><c>spec.secrets.scopes</c> of one store. A non-empty list of allowed secrets decides alone.</summary>
internal static class SecretAccess
{
    public static bool Allows(SecretScope? scope, string secret)
    {
        if (scope is null)
        {
            return true;
        }

        if (scope.AllowedSecrets.Count > 0)
        {
            return scope.AllowedSecrets.Contains(secret);
        }

        return !scope.DeniedSecrets.Contains(secret) && !scope.DefaultAccess.Equals("deny", StringComparison.OrdinalIgnoreCase);
    }
}
