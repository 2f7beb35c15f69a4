using System.Text;
using Lucid.Contracts.Services;

namespace Lucid.AuthService.Domain;

/// <summary>Which start-up secrets are refused (09-auth §13, 01-gateway §9). Faults name the secret, never its value.</summary>
internal static class SecretRules
{
    private const int LeastBytes = 32;

    // The values printed in the deployment guide, and what such values usually contain.
    private static readonly string[] Placeholders =
        ["your-", "your_", "change-in-production", "change-me", "change_me", "changeme", "dev-jwt", "dev-mfa", "-secret-key", "placeholder", "example"];

    public static IReadOnlyList<string> Faults(string jwtSecret, string mfaSecret, bool production)
    {
        var faults = new List<string>();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[(SecretTable.JwtSecret, jwtSecret), (SecretTable.MfaSecret, mfaSecret)])
        {
            if (value.AsSpan().Trim().IsEmpty)
            {
                faults.Add($"Secret '{name}' is missing; make one with: openssl rand -base64 64 -A");
            }
            else if (value.AsSpan().ContainsAny('\r', '\n'))
            {
                faults.Add($"Secret '{name}' holds a line break; make one without: openssl rand -base64 64 -A");
            }
            else if (Encoding.UTF8.GetByteCount(value) < LeastBytes)
            {
                faults.Add($"Secret '{name}' has fewer than {LeastBytes} bytes.");
            }
            else if (production && Placeholders.Any(text => value.Contains(text, StringComparison.OrdinalIgnoreCase)))
            {
                faults.Add($"Secret '{name}' is a development or placeholder value, which is refused with ENVIRONMENT=production.");
            }
        }

        if (jwtSecret == mfaSecret)
        {
            faults.Add($"Secrets '{SecretTable.JwtSecret}' and '{SecretTable.MfaSecret}' are equal; make two different ones.");
        }

        return faults;
    }
}
