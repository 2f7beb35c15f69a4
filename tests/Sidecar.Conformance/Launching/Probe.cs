namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>Waiting for conditions with a limit.</summary>
public static class Probe
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <param name="fault">Says why waiting is in vain, or null.</param>
    public static Task UntilAnswersAsync(Uri address, Func<string?> fault, CancellationToken cancellationToken) => UntilAsync(
        async () =>
        {
            if (fault() is { } reason)
            {
                throw new InvalidOperationException($"the sidecar has ended:\n{reason}");
            }

            try
            {
                using var answer = await Client.GetAsync(address, cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        $"{address} answers with success",
        cancellationToken);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken = default)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(30), $"not within 30 seconds: {what}");
            await Task.Delay(20, cancellationToken);
        }
    }
}
