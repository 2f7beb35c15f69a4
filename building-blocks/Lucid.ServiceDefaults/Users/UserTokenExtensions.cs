using Lucid.ServiceDefaults.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lucid.ServiceDefaults;

public static class UserTokenExtensions
{
    internal const string Scheme = "LucidBearer";

    private static readonly AuthorizationPolicy UserPolicy = new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().Build();

    /// <summary>Accepts access tokens of the auth service, verified against its JWKS. Endpoints say <see cref="RequireUser"/> or <see cref="RequireRole"/>.</summary>
    public static WebApplicationBuilder AddUserTokens(this WebApplicationBuilder builder, Action<UserTokenOptions>? configure = null)
    {
        var options = new UserTokenOptions();
        configure?.Invoke(options);
        var services = builder.Services;
        services.AddServiceClient<JwksClient>(AppIds.AuthService, client => client.Timeout = TimeSpan.FromSeconds(5));
        services.TryAddTransient<IJwksSource>(provider => provider.GetRequiredService<JwksClient>());
        services.AddSingleton<JwksCache>();
        services.AddSingleton(provider => new UserTokenValidator(provider.GetRequiredService<JwksCache>(), provider.GetRequiredService<TimeProvider>(), options));
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, UserTokenHandler>(Scheme, null);
        services.AddAuthorization();
        return builder;
    }

    /// <summary>401/2001–2003 without a good access token.</summary>
    public static TBuilder RequireUser<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(UserPolicy);

    /// <summary><see cref="RequireUser"/>, and 403/2004 unless the user's role is one of these.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, params string[] roles) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().RequireClaim("role", roles).Build());

    /// <summary>403/2016 unless a factor was proven at <c>aal2</c> within <paramref name="seconds"/>. Use it together with <see cref="RequireUser"/>.</summary>
    public static TBuilder RequireStepUp<TBuilder>(this TBuilder endpoint, int seconds = 300) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder>(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var clock = context.RequestServices.GetRequiredService<TimeProvider>();
            return UserContext.From(context.User) is { } user && user.HasStepUp(TimeSpan.FromSeconds(seconds), clock.GetUtcNow())
                ? await next(invocation).ConfigureAwait(false)
                : LucidResults.Error(LucidErrors.StepUpRequired, $"Prove a second factor again; it must not be older than {seconds} s.", "step_up_required");
        });
}
