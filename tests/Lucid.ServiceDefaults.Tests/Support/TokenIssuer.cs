using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>Signs access tokens as the auth service does.</summary>
internal sealed class TokenIssuer
{
    private readonly ECDsaSecurityKey _key;

    public TokenIssuer(string kid = "k1") => _key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = kid };

    public string Jwks
    {
        get
        {
            var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(_key);
            return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"{{jwk.Kid}}","x":"{{jwk.X}}","y":"{{jwk.Y}}"}]}""";
        }
    }

    public string Issue(
        Guid? user = null, string role = "user", DateTimeOffset? expires = null, string issuer = AppIds.AuthService, string audience = "lucid-blockchain",
        string type = "at+jwt", DateTimeOffset? authTime = null, string acr = "aal2") =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            TokenType = type,
            Expires = (expires ?? DateTimeOffset.UtcNow.AddMinutes(15)).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = (user ?? Guid.NewGuid()).ToString(),
                ["sid"] = "s1",
                ["role"] = role,
                ["acr"] = acr,
                ["auth_time"] = (authTime ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds(),
            },
        });

    /// <summary>Answers the JWKS route of the auth service.</summary>
    public Func<string, HttpContext, Task> Serve => (app, context) =>
        app == AppIds.AuthService && context.Request.Path.Value!.EndsWith("/.well-known/jwks.json", StringComparison.Ordinal)
            ? context.Response.WriteAsync(Jwks)
            : NotFound(context);

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
