using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.EndToEnd;

/// <summary>
/// kill -9 of any one service, or of the sidecar process with all of them, at a seeded moment of several recordings at once, and a
/// start again: no acknowledged byte is lost, every session completes, every bundle verifies.
/// </summary>
[Collection(StackCollection.Name)]
[Trait("Needs", "Program")]
public class FaultTests(StackFixture fixture)
{
    private const string SidecarProcess = "the sidecar process";
    private const int Sessions = 3;

    private static readonly string[] Victims =
    [
        AppIds.SessionRecorder, AppIds.SessionPipeline, AppIds.ChunkProcessor, AppIds.SessionStorage, AppIds.SessionApi,
        AppIds.BlockchainEngine, AppIds.SessionAnchoring, AppIds.ApiGateway, AppIds.AuthService, SidecarProcess,
    ];

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(0, Environment.GetEnvironmentVariable("LUCID_TEST_ALL") == "1" ? 50 : 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_kill_at_any_moment_loses_nothing_that_was_acknowledged(int seed)
    {
        var random = new Random(seed);
        var victim = Victims[seed % Victims.Length];
        var moment = TimeSpan.FromSeconds(random.NextDouble() * 6);
        await using var user = await User.LoginAsync(fixture.Stack);

        var recordings = Enumerable.Range(0, Sessions).Select(number => RecordAsync(user, seed, number)).ToList();
        await Task.Delay(moment);
        if (victim == SidecarProcess)
        {
            await fixture.Stack.KillSupervisorAndRestartAsync();
        }
        else
        {
            await fixture.Stack.KillAndRestartAsync(victim);
        }

        foreach (var (session, sent) in await Task.WhenAll(recordings))
        {
            var (report, bundle) = await user.ExportAsync(session, fixture.Stack.GenesisHash);
            Assert.True(report.Verdict == Verdict.Valid, $"seed {seed}, {victim} at {moment.TotalSeconds:0.00} s: {report.Message}");
            Assert.Equal(sent, await user.DecryptAsync(bundle));
        }
    }

    // What a patient source does: the uploader goes on where the server says, other calls are made again until they are answered.
    private static async Task<(string Session, byte[] Sent)> RecordAsync(User user, int seed, int number)
    {
        var (session, grant) = await PatientlyAsync(() => user.Flow.StartAsync($"fault {seed}/{number}", null, default));
        using var sent = new MemoryStream();
        await user.Flow.SendAsync(session, grant, Sample.Slowly(4 + number), sent, null, default);
        await PatientlyAsync(async () =>
        {
            var view = await user.Flow.GetAsync(session, default);
            return view.State is SessionStates.Recording or SessionStates.Starting ? await user.Flow.StopAsync(session, null, default) : view;
        });
        await PatientlyAsync(() => user.Flow.WaitForAnchorAsync(session, null, default));
        return (session, sent.ToArray());
    }

    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Lucid.Cli.CliException) when (attempt < 120)
            {
                await Task.Delay(500);
            }
            catch (HttpRequestException) when (attempt < 120)
            {
                await Task.Delay(500);
            }
        }
    }
}
