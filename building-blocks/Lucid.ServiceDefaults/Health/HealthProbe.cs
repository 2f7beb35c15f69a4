namespace Lucid.ServiceDefaults.Health;

/// <summary><c>--healthcheck [--json]</c>: asks the running service on its own port, so that an image needs neither shell nor curl.</summary>
internal static class HealthProbe
{
    public static async Task<int> RunAsync(IServiceProvider services, ServiceRuntime runtime, bool printBody)
    {
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.Timeout = TimeSpan.FromSeconds(5);
        try
        {
            using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{runtime.SidecarFacingPort}/health/ready")).ConfigureAwait(false);
            if (printBody)
            {
                Console.WriteLine(await response.Content.ReadAsStringAsync().ConfigureAwait(false));
            }

            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{runtime.AppId} does not answer on port {runtime.SidecarFacingPort}.").ConfigureAwait(false);
            return 1;
        }
    }
}
