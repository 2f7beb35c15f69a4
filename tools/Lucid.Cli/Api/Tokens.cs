using System.Text.Json;
using Lucid.Cli.Profiles;

namespace Lucid.Cli.Api;

internal static class Tokens
{
    /// <summary>The profile with the pair of an AuthResponse (09 §2).</summary>
    public static Profile WithTokens(this Profile profile, JsonElement answer, DateTimeOffset now) => profile with
    {
        AccessToken = answer.GetProperty("access_token").GetString(),
        RefreshToken = answer.GetProperty("refresh_token").GetString(),
        AccessExpiresAt = now + TimeSpan.FromSeconds(answer.GetProperty("expires_in").GetInt32()),
        UserId = answer.GetProperty("user").GetProperty("user_id").GetString(),
    };
}
