using System.Net;
using System.Net.Sockets;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Tests.Resources;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>The real program with real children.</summary>
public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Apps_start_with_their_sidecar_in_the_environment_and_stop_in_reverse_order()
    {
        WriteRunFile(
            Shell("first", "trap 'echo first >> order; exit 0' TERM; env > first.env; while :; do sleep 0.05; done"),
            Shell("second", "trap 'echo second >> order; exit 0' TERM; env > second.env; while :; do sleep 0.05; done", "env: { NAMESPACE: lucid, COLOUR: blue }"));
        await using var run = SidecarProcess.Start(folder.Path, "run");

        Assert.Equal((0, "all 2 ready"), await SidecarProcess.RunAsync(folder.Path, "wait", "--timeout", "30"));
        await run.PrintsAsync("all 2 apps are ready after");
        var status = await SidecarProcess.StatusAsync(folder.Path);
        var environment = await EnvironmentAsync("second.env");
        Assert.Equal(("second", "lucid", "blue", "127.0.0.1"), (environment["APP_ID"], environment["NAMESPACE"], environment["COLOUR"], environment["APP_CHANNEL_ADDRESS"]));
        Assert.Equal($"{status["apps"]![1]!["daprHttpPort"]}", environment["DAPR_HTTP_PORT"]);
        Assert.Equal($"{status["apps"]![1]!["daprGrpcPort"]}", environment["DAPR_GRPC_PORT"]);
        Assert.Equal($"{status["apps"]![1]!["metricsPort"]}", environment["DAPR_METRICS_PORT"]);
        Assert.DoesNotContain("PORT", environment.Keys);
        Assert.DoesNotContain("APP_PORT", environment.Keys);

        run.Signal("TERM");

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(["second", "first"], File.ReadAllLines(Path.Combine(folder.Path, "order")));
        Assert.False(File.Exists(Path.Combine(folder.Path, ".lucid", "run", "dapr.sock")));
    }

    [Fact]
    public async Task Tokens_are_minted_for_each_app_and_never_printed()
    {
        WriteRunFile(Shell("a", "env > a.env; sleep 100"), Shell("b", "env > b.env; sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        var (a, b) = (await EnvironmentAsync("a.env"), await EnvironmentAsync("b.env"));
        string[] tokens = [a["DAPR_API_TOKEN"], a["APP_API_TOKEN"], b["DAPR_API_TOKEN"], b["APP_API_TOKEN"]];

        Assert.Equal(4, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(token).Length));
        Assert.Equal(0, (await SidecarProcess.AskAsync(folder.Path, "wait")).Code);
        var shown = run.Output + (await SidecarProcess.AskAsync(folder.Path, "status", "--json")).Output;
        Assert.DoesNotContain(tokens, token => shown.Contains(token, StringComparison.Ordinal));

        using var client = new HttpClient();
        using var refused = await client.GetAsync(new Uri($"http://127.0.0.1:{a["DAPR_HTTP_PORT"]}/v1.0/metadata"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        client.DefaultRequestHeaders.Add("dapr-api-token", a["DAPR_API_TOKEN"]);
        using var answered = await client.GetAsync(new Uri($"http://127.0.0.1:{a["DAPR_HTTP_PORT"]}/v1.0/metadata"));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task An_app_that_ends_is_reported_the_others_go_on_and_it_can_be_started_again()
    {
        WriteRunFile(
            Shell("steady", "echo $$ > steady.pid; sleep 100"),
            Shell("frail", "echo run >> frail.runs; echo $$ > frail.$(wc -l < frail.runs); sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        var steady = await Condition.NumberInAsync(In("steady.pid"));
        var frail = await Condition.NumberInAsync(In("frail.1"));
        await run.PrintsAsync("all 2 apps are ready after");

        Condition.Send("SEGV", frail);

        await run.PrintsAsync($"frail (process {frail}) was ended by SIGSEGV; the others go on; lucid-sidecar start frail starts it again");
        var status = await SidecarProcess.StatusAsync(folder.Path);
        Assert.Equal(("Exited", 139, "SIGSEGV"), ($"{status["apps"]![1]!["state"]}", (int)status["apps"]![1]!["exitCode"]!, $"{status["apps"]![1]!["signal"]}"));
        Assert.Equal(1, (await SidecarProcess.AskAsync(folder.Path, "wait")).Code);
        Assert.True(Condition.IsAlive(steady));

        Assert.Equal((0, "frail is starting"), await SidecarProcess.AskAsync(folder.Path, "start", "frail"));
        Assert.Equal((0, "all 2 ready"), await SidecarProcess.AskAsync(folder.Path, "wait"));
        var again = await Condition.NumberInAsync(In("frail.2"));
        Assert.NotEqual(frail, again);
        Assert.Equal(1, (await SidecarProcess.AskAsync(folder.Path, "start", "frail")).Code);
        Assert.Equal(1, (await SidecarProcess.AskAsync(folder.Path, "start", "nobody")).Code);

        Assert.Equal(0, (await SidecarProcess.AskAsync(folder.Path, "stop")).Code);
        Assert.Equal(1, await run.ExitAsync());
        await Condition.IsGoneAsync(steady);
        await Condition.IsGoneAsync(again);
    }

    [Fact]
    public async Task The_sidecar_outlives_its_app_and_initialises_it_again_when_it_is_back()
    {
        // The app is another sidecar: a real HTTP server that answers /dapr/config and /dapr/subscribe with an error status.
        int[] ports = [FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take()];
        var program = Path.Combine(AppContext.BaseDirectory, "lucid-sidecar");
        WriteRunFile($"  - appID: served\n    appDirPath: .\n    appPort: {ports[0]}\n    daprHTTPPort: {ports[3]}\n"
            + $"    command: [{program}, --app-id, inner, --dapr-http-port, {ports[0]}, --dapr-grpc-port, {ports[1]}, --metrics-port, {ports[2]}]\n");
        await using var run = SidecarProcess.Start(folder.Path, "run");
        Assert.Equal((0, "all 1 ready"), await SidecarProcess.AskAsync(folder.Path, "wait"));
        using var client = new HttpClient();
        var healthz = new Uri($"http://127.0.0.1:{ports[3]}/v1.0/healthz");
        using (var ready = await client.GetAsync(healthz))
        {
            Assert.Equal(HttpStatusCode.NoContent, ready.StatusCode);
        }

        Condition.Send("KILL", (int)(await SidecarProcess.StatusAsync(folder.Path))["apps"]![0]!["pid"]!);
        await run.PrintsAsync("was ended by SIGKILL");
        using (var without = await client.GetAsync(healthz))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, without.StatusCode);
        }

        Assert.Equal(0, (await SidecarProcess.AskAsync(folder.Path, "start", "served")).Code);
        Assert.Equal((0, "all 1 ready"), await SidecarProcess.AskAsync(folder.Path, "wait"));
        using var back = await client.GetAsync(healthz);
        Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
    }

    [Fact]
    public async Task A_command_that_is_not_found_is_said_so()
    {
        WriteRunFile("  - { appDirPath: ., appID: lost, command: [no-such-program] }\n");
        await using var run = SidecarProcess.Start(folder.Path, "run");

        await run.PrintsAsync("ended with code 127: its command was not found");
    }

    [Fact]
    public async Task Children_and_grandchildren_die_with_a_killed_supervisor_and_the_next_run_takes_over()
    {
        WriteRunFile(Shell("app", "sleep 1000 & echo $! > grandchild; echo $$ > child; wait"));
        int child, grandchild;
        await using (var run = SidecarProcess.Start(folder.Path, "run"))
        {
            (child, grandchild) = (await Condition.NumberInAsync(In("child")), await Condition.NumberInAsync(In("grandchild")));

            run.Kill();
            await run.ExitAsync();
        }

        await Condition.IsGoneAsync(child);
        await Condition.IsGoneAsync(grandchild);
        Assert.True(File.Exists(In(".lucid/run/dapr.sock")));
        File.Delete(In("child"));

        await using var next = SidecarProcess.Start(folder.Path, "run");
        Assert.NotEqual(child, await Condition.NumberInAsync(In("child")));
        Assert.Equal((0, "all 1 ready"), await SidecarProcess.AskAsync(folder.Path, "wait"));
    }

    [Fact]
    public async Task A_second_run_of_the_same_file_is_refused()
    {
        WriteRunFile(Shell("app", "sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        Assert.Equal(0, (await SidecarProcess.AskAsync(folder.Path, "wait")).Code);

        var (code, output) = await SidecarProcess.RunAsync(folder.Path, "run");

        Assert.Equal((2, $"error: this run file is already running (process {run.Id}): see lucid-sidecar status"), (code, output));
        Assert.False(run.HasExited);
    }

    [Fact]
    public async Task An_app_is_not_in_the_terminals_process_group()
    {
        WriteRunFile(Shell("app", "cut -d' ' -f5,6 /proc/$$/stat > ids; echo $$ > child; sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        var child = await Condition.NumberInAsync(In("child"));

        var ids = File.ReadAllText(In("ids")).Split(' ', '\n').Where(word => word.Length > 0);

        Assert.Equal([$"{child}", $"{child}"], ids);
    }

    [Fact]
    public async Task An_app_that_does_not_get_ready_is_named_with_its_port_and_the_others_go_on()
    {
        var port = FreePorts.Take();
        WriteRunFile(Shell("deaf", "echo $$ > deaf; sleep 100", $"appPort: {port}"), Shell("fine", "sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run", "--ready-timeout", "0.2");

        await run.PrintsAsync($"nothing listens on its port {port}; still waiting, the others go on");
        Assert.Equal(1, (await SidecarProcess.AskAsync(folder.Path, "wait")).Code);
        Assert.Equal("Ready", $"{(await SidecarProcess.StatusAsync(folder.Path))["apps"]![1]!["state"]}");

        run.Signal("INT");
        Assert.Equal(1, await run.ExitAsync());
    }

    [Fact]
    public async Task An_app_that_ignores_the_request_to_stop_is_killed_within_the_grace()
    {
        WriteRunFile(Shell("stubborn", "trap '' TERM; echo $$ > child; while :; do sleep 0.1; done"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        var child = await Condition.NumberInAsync(In("child"));
        await run.PrintsAsync("1 app is ready");

        run.Signal("INT");
        await run.PrintsAsync("stopping");
        run.Signal("INT");

        Assert.Equal(0, await run.ExitAsync());
        await Condition.IsGoneAsync(child);
    }

    [Fact]
    public async Task Output_goes_line_by_line_to_the_console_behind_a_prefix_and_to_a_log_file()
    {
        WriteRunFile(
            Shell("talker", "echo out; echo err >&2; printf 'no end'; echo done > done; sleep 100"),
            Shell("quiet", "echo hidden; sleep 100", "appLogDestination: file"));
        await using var run = SidecarProcess.Start(folder.Path, "run");
        await Condition.HoldsAsync(() => File.Exists(In("done")) && File.Exists(In(".lucid/logs/quiet.log")), () => "what both say");

        run.Signal("TERM");
        await run.ExitAsync();

        Assert.Contains("talker        | out", run.Output, StringComparison.Ordinal);
        Assert.Contains("talker        | err", run.Output, StringComparison.Ordinal);
        Assert.Contains("talker        | no end", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Equal(["err", "no end", "out"], File.ReadAllLines(In(".lucid/logs/talker.log")).Order());
        Assert.Equal(["hidden"], File.ReadAllLines(In(".lucid/logs/quiet.log")));
    }

    [Fact]
    public async Task A_single_app_runs_behind_daprds_flags_and_its_end_is_the_end()
    {
        int[] ports = [FreePorts.Take(), FreePorts.Take(), FreePorts.Take()];
        string[] flags = ["--app-id", "solo", "-dapr-http-port", $"{ports[0]}", "--dapr-grpc-port", $"{ports[1]}", "--metrics-port", $"{ports[2]}", "--placement-host-address", "x:1"];

        await using var run = SidecarProcess.StartWith(
            new Dictionary<string, string> { ["APP_API_TOKEN"] = "given", ["NAMESPACE"] = "here" }, folder.Path,
            [.. flags, "--", "sh", "-c", "env > solo.env; while [ ! -f end ]; do sleep 0.02; done; exit $(cat end)"]);
        var environment = await EnvironmentAsync("solo.env");
        Assert.Equal(("solo", "here", "given", $"{ports[0]}"), (environment["APP_ID"], environment["NAMESPACE"], environment["APP_API_TOKEN"], environment["DAPR_HTTP_PORT"]));
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(environment["DAPR_API_TOKEN"]).Length);
        await run.PrintsAsync("warning: --placement-host-address has no effect in the embedded runtime");
        await run.PrintsAsync("solo is ready after");

        File.WriteAllText(In("end.new"), "7");
        File.Move(In("end.new"), In("end"));
        Assert.Equal(1, await run.ExitAsync());

        File.WriteAllText(In("end"), "0");
        Assert.Equal(0, (await SidecarProcess.RunAsync(folder.Path, [.. flags, "--", "sh", "-c", "exit 0"])).Code);
        Assert.True(File.Exists(In(".lucid/ca/ca.crt")));
    }

    [Fact]
    public async Task A_quiet_run_beside_an_existing_lucid_folder_above_logs_there_and_prints_only_its_own_lines()
    {
        Directory.CreateDirectory(In(".lucid"));
        folder.Write("dapr/dapr.yaml", "version: 1\napps:\n" + Shell("talker", "echo words; sleep 100", "appLogDestination: console"));
        await using var run = SidecarProcess.Start(folder.Path, "run", "--quiet");

        await Condition.HoldsAsync(() => File.Exists(In(".lucid/logs/talker.log")) && File.ReadAllText(In(".lucid/logs/talker.log")) == "words\n", () => "the log");
        await run.PrintsAsync("talker is ready after");
        Assert.DoesNotContain("words", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(In(".lucid/run/dapr.sock")));
    }

    [Fact]
    public async Task Waiting_for_a_run_that_has_ended_is_over_at_once()
    {
        WriteRunFile(Shell("app", "sleep 100"));
        await using var run = SidecarProcess.Start(folder.Path, "run", "--frobnicate");
        Assert.Equal(2, await run.ExitAsync());

        Assert.Equal((1, "the run ended before every app was ready"), await SidecarProcess.AskAsync(folder.Path, "wait", "--timeout", "86400", "--pid", $"{run.Id}"));
    }

    private static string Shell(string id, string script, string more = "appLogDestination: fileAndConsole")
    {
        var quoted = script.Replace("'", "''", StringComparison.Ordinal);
        return $"  - appID: {id}\n    appDirPath: .\n    {more}\n    command: [sh, -c, '{quoted}']\n";
    }

    private void WriteRunFile(params string[] apps) => folder.Write("dapr.yaml", $"version: 1\napps:\n{string.Concat(apps)}");

    private string In(string file) => Path.Combine(folder.Path, file);

    private async Task<Dictionary<string, string>> EnvironmentAsync(string file)
    {
        await Condition.HoldsAsync(() => File.Exists(In(file)) && File.ReadAllText(In(file)).Contains("DAPR_API_TOKEN=", StringComparison.Ordinal) && File.ReadAllText(In(file)).EndsWith('\n'), () => file);
        return File.ReadAllLines(In(file)).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
