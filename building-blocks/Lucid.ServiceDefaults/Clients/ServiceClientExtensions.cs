using Lucid.ServiceDefaults.Clients;
using Microsoft.Extensions.Http;

namespace Lucid.ServiceDefaults;

public static class ServiceClientExtensions
{
    /// <summary>
    /// Registers <typeparamref name="TClient"/> (a class that takes an <see cref="HttpClient"/>) for calls to <paramref name="appId"/> through the
    /// sidecar. Paths start with a slash (<c>Routes</c> of Contracts); <see cref="ServiceCalls"/> give the answers as values. The client may be
    /// held by singletons.
    /// </summary>
    /// <param name="appId">App-id of the service table; across the border of namespaces the callee's namespace is added.</param>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IServiceCollection services, string appId, Action<ServiceClientOptions>? configure = null)
        where TClient : class
    {
        var options = new ServiceClientOptions();
        configure?.Invoke(options);
        var client = services.AddHttpClient<TClient>().ConfigureHttpClient((provider, http) =>
        {
            var address = AppId.From(provider.GetRequiredService<ServiceRuntime>().AppId, appId);
            http.BaseAddress = new Uri($"http://{address}/");
            http.Timeout = options.Timeout;
        });
        if (options.Retry)
        {
            client.AddLucidRetry();
        }

        client.AddHttpMessageHandler(provider => new PropagationHandler(provider.GetRequiredService<IHttpContextAccessor>(), options)); // inside the retries: each tells what is left then
        return client.AddHttpMessageHandler(provider => new SidecarAddressHandler(provider.GetRequiredService<ServiceRuntime>()));
    }

    internal static void AddLucidClients(this IServiceCollection services)
    {
        services.AddHttpClient();
        services.ConfigureHttpClientDefaults(client =>
        {
            client.RemoveAllLoggers(); // addresses carry ids; failures are logged where they are handled
            client.UseSocketsHttpHandler((handler, _) =>
            {
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
            });
            client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        });
    }
}
