using System.Net;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.AuthService.Tests;

public sealed class StartupTests
{
    private const string Good = AuthHost.JwtSecret;

    [Fact]
    public void Two_long_different_secrets_are_accepted() => Assert.Empty(SecretRules.Faults(Good, AuthHost.MfaSecret, production: true));

    [Theory]
    [InlineData("", AuthHost.MfaSecret, "jwt-secret")]
    [InlineData(Good, "", "mfa-secret")]
    [InlineData("short", AuthHost.MfaSecret, "jwt-secret")]
    [InlineData(Good, "31-bytes-are-not-yet-enough-here", null)]
    [InlineData(Good, "31-bytes-are-not-yet-enough-her", "mfa-secret")]
    [InlineData(Good + "\nabc", AuthHost.MfaSecret, "jwt-secret")]
    [InlineData(Good, AuthHost.MfaSecret + "\r\n", "mfa-secret")]
    [InlineData(Good, Good, "mfa-secret")]
    public void Missing_short_wrapped_and_equal_secrets_are_refused_by_name_not_value(string jwt, string mfa, string? named)
    {
        var faults = SecretRules.Faults(jwt, mfa, production: false);
        if (named is null)
        {
            Assert.Empty(faults);
            return;
        }

        var fault = Assert.Single(faults);
        Assert.Contains(named, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Good, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("your-256-bit-jwt-secret-key-here")]
    [InlineData("dev-jwt-secret-change-in-production")]
    [InlineData("dev-mfa-secret-change-in-production")]
    public void The_guides_placeholders_are_refused_in_production_only(string placeholder)
    {
        Assert.Single(SecretRules.Faults(placeholder, AuthHost.MfaSecret, production: true));
        Assert.Empty(SecretRules.Faults(placeholder, AuthHost.MfaSecret, production: false));
    }

    [Fact]
    public async Task A_refused_secret_stops_the_start_with_a_configuration_error()
    {
        await using var host = await AuthHost.StartAsync();
        var runtime = host.Services.GetRequiredService<ServiceRuntime>();
        var error = await Assert.ThrowsAsync<LucidConfigurationException>(
            () => SecretLoader.LoadAsync((name, _) => Task.FromResult(name == SecretTable.JwtSecret ? "short" : Good), new AuthKeys(), runtime, default));
        Assert.Contains("jwt-secret", Assert.Single(error.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--AUTH_DOMAIN=evil\ndomain")]
    [InlineData("--TRON_SIGNATURE_MESSAGE=two\nlines")]
    [InlineData("--TRON_SIGNATURE_MESSAGE=größer")]
    [InlineData("--ACCESS_TOKEN_EXPIRE_MINUTES=61")]
    [InlineData("--TRON_NETWORK=ethereum")]
    public async Task Settings_out_of_range_stop_the_start(string argument) =>
        await Assert.ThrowsAsync<LucidConfigurationException>(() => AuthHost.StartAsync(null, null, argument));

    [Fact]
    public async Task A_changed_secret_is_a_named_fault_not_a_second_key()
    {
        await using var host = await AuthHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(Routes.Jwks, null)).StatusCode);
        await using var replica = await AuthHost.StartAsync(host.State, host.Clock);
        replica.Services.GetRequiredService<AuthKeys>().Unlock(AuthHost.MfaSecret);
        var fault = await Assert.ThrowsAsync<LucidException>(() => replica.Services.GetRequiredService<SigningKeys>().ActiveAsync(default));
        Assert.Equal("key_wrap", fault.Reason);
    }
}
