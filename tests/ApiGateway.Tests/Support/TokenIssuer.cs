using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.ApiGateway.Tests.Support;

/// <summary>Signs access tokens as the auth service does.</summary>
internal sealed class TokenIssuer
{
    private readonly ECDsaSecurityKey _key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "k1" };

    public string Jwks
    {
        get
        {
            var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(_key);
            return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"{{jwk.Kid}}","x":"{{jwk.X}}","y":"{{jwk.Y}}"}]}""";
        }
    }

    public string Issue(
        Guid? user = null, string sid = "s1", string role = "user", DateTimeOffset? expires = null, string audience = "lucid-blockchain", string type = "at+jwt",
        DateTimeOffset? authTime = null, string acr = "aal2") =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = AppIds.AuthService,
            Audience = audience,
            TokenType = type,
            Expires = (expires ?? DateTimeOffset.UtcNow.AddMinutes(15)).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = (user ?? Guid.NewGuid()).ToString(),
                ["sid"] = sid,
                ["role"] = role,
                ["acr"] = acr,
                ["auth_time"] = (authTime ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds(),
            },
        });
}
