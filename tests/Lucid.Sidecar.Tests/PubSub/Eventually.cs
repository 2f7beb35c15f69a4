namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>Waits for a condition; the limit only ends a test that would hang.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task True(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, $"never happened: {what}");
            await Task.Delay(5);
        }
    }
}
