using System.Security.Cryptography;
using Lucid.Contracts.Services;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.StorageDatabase.Tests.Support;

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

    public string Issue(Guid user, string role = "user") =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = AppIds.AuthService,
            Audience = "lucid-blockchain",
            TokenType = "at+jwt",
            Expires = DateTime.UtcNow.AddMinutes(15),
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.ToString(),
                ["sid"] = "s1",
                ["role"] = role,
                ["acr"] = "aal2",
                ["auth_time"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            },
        });
}
