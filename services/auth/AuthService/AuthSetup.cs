using Lucid.AuthService.Actors;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Endpoints;
using Lucid.AuthService.Storage;
using Lucid.AuthService.Tokens;
using Lucid.Contracts.Auth;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService;

internal static class AuthSetup
{
    /// <summary>State, secrets, tokens and the session actor.</summary>
    public static void AddAuth(this WebApplicationBuilder builder)
    {
        builder.AddLucidOptions<AuthOptions>();
        builder.AddLucidState()
            .AddEntity<User>("user", catalogued: true)
            .AddEntity<LoginSession>("login-session")
            .AddEntity<KeyRing>("key-ring");
        builder.AddUserTokens();
        var services = builder.Services;
        services.AddSingleton<IJwksSource, OwnJwks>(); // after AddUserTokens: the last one counts
        services.AddSingleton<AuthKeys>();
        services.AddHostedService<SecretLoader>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<OpenChallenges>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<RefreshFamilies>();
        services.AddSingleton<LoginSessions>();
        services.AddSingleton<LoginFailures>();
        services.AddSingleton<Bearers>();
        services.AddDependencyCheck(
            builder.Runtime().Service.StateStore ?? throw new InvalidOperationException("the service table names no state store for auth"),
            critical: true,
            async (provider, cancellationToken) =>
            {
                _ = await provider.GetRequiredService<IStateClient>().GetAsync("ready", cancellationToken);
                return true;
            });
        services.AddActors(actors =>
        {
            actors.UseJsonSerialization = true;
            actors.JsonSerializerOptions = JsonDefaults.Tolerant;
            actors.ActorIdleTimeout = TimeSpan.FromMinutes(5);
            actors.Actors.RegisterActor<RefreshFamilyActor>(IRefreshFamilyActor.ActorType);
        });
    }

    /// <summary>Every route of the service.</summary>
    public static void MapAuth(this WebApplication app)
    {
        app.MapChallenges();
        app.MapLogin();
        app.MapLoginSessions();
        app.MapAccount();
        app.MapEncryptionKeys();
        app.MapTokens();
        app.MapCatalogue(kinds => kinds.Add<User, UserView>(Views.Users, user => user.ToView(0)));
    }
}
