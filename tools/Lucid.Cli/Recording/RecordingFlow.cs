using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Contracts.Sessions;

namespace Lucid.Cli.Recording;

/// <summary>Session, consent, start, fragments, stop: the whole way of a recording through the public API.</summary>
public sealed class RecordingFlow(GatewayClient gateway, Action<string> note)
{
    /// <summary>Groups aim at this size, well under the limit of one request.</summary>
    private const int GroupSize = 2 << 20;

    public async Task<(string Session, IngestGrant Grant)> StartAsync(string name, RecordingConfig? config, CancellationToken cancellationToken)
    {
        var session = await gateway.PostAsync<SessionView>("/api/v1/sessions", new CreateSession(name, RecordingConfig: config), cancellationToken);
        var consent = await gateway.PostAsync<ConsentView>("/api/v1/consents", new GrantConsent(["video"], "lucid-record-1", session.SessionId), cancellationToken);
        var started = await gateway.PostAsync<SessionStarted>($"/api/v1/sessions/{session.SessionId}/start", new StartSession(consent.ConsentId), cancellationToken);
        return (session.SessionId, started.Ingest ?? throw new CliException("The server gave no ingest grant; it records from its own desktops only."));
    }

    /// <summary>
    /// Sends a stream to its end, group by group; <paramref name="copy"/> gets the same bytes. A session of which nothing was taken, because the
    /// stream is empty or unusable, is cancelled.
    /// </summary>
    public async Task<FragmentUploader> SendAsync(
        string session, IngestGrant grant, Stream source, Stream? copy, Action<long>? progress, CancellationToken cancellationToken)
    {
        var uploader = new FragmentUploader(gateway, session, grant, note);
        try
        {
            await SendAsync(uploader, source, copy, progress, cancellationToken);
        }
        finally
        {
            if (uploader is { Acknowledged: 0, Ended: false })
            {
                await CancelAsync(session);
            }
        }

        return uploader;
    }

    private static async Task SendAsync(FragmentUploader uploader, Stream source, Stream? copy, Action<long>? progress, CancellationToken cancellationToken)
    {
        var splitter = new FragmentSplitter(GroupSize);
        var buffer = new byte[128 * 1024];
        int read;
        do
        {
            read = await source.ReadAsync(buffer, cancellationToken);
            splitter.Append(buffer.AsSpan(0, read));
            while (!uploader.Ended && splitter.Next(atEnd: read == 0) is { } group)
            {
                await uploader.SendAsync(group, cancellationToken);
                if (copy is not null && !uploader.Ended)
                {
                    await copy.WriteAsync(group, cancellationToken);
                }

                progress?.Invoke(uploader.Acknowledged);
            }
        }
        while (read > 0 && !uploader.Ended);
    }

    private async Task CancelAsync(string session)
    {
        try
        {
            await gateway.PostAsync<JsonElement>($"/api/v1/sessions/{session}/cancel", new { }, CancellationToken.None);
        }
        catch (CliException refused)
        {
            // The failure that brought us here is what the user must see; the server gives up an empty session by itself.
            note($"The empty session {session} could not be cancelled: {refused.Message}");
        }
    }

    public Task<SessionView> StopAsync(string session, string? reason, CancellationToken cancellationToken) =>
        gateway.PostAsync<SessionView>($"/api/v1/sessions/{session}/stop", new StopSession(reason), cancellationToken);

    public async Task<SessionView> GetAsync(string session, CancellationToken cancellationToken) =>
        (await gateway.GetAsync($"/api/v1/sessions/{session}", cancellationToken)).Deserialize<SessionView>(Lucid.Contracts.JsonDefaults.Tolerant)!;

    /// <summary>Waits until the session is completed and its anchor confirmed; a failed session is an error with its reason.</summary>
    public async Task<SessionView> WaitForAnchorAsync(string session, Action<SessionView>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var view = await GetAsync(session, cancellationToken);
            progress?.Invoke(view);
            if (view.AnchorStatus == AnchorStates.Confirmed)
            {
                return view;
            }

            if (view.State is SessionStates.Failed or SessionStates.Cancelled or SessionStates.Deleted)
            {
                throw new CliException($"The session is {view.State}: {view.Failure?.Message ?? view.EndReason}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
    }

    /// <summary>Writes the evidence bundle to a file; whole or not at all.</summary>
    public async Task<long> ExportAsync(string session, string path, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
    {
        using var response = await gateway.OpenAsync($"/api/v1/sessions/{session}/bundle", cancellationToken);
        var total = response.Content.Headers.ContentLength ?? 0;
        var partial = $"{path}.partial";
        long done = 0;
        await using (var file = File.Create(partial))
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                done += read;
                progress?.Report((done, total));
            }
        }

        if (total > 0 && done != total)
        {
            File.Delete(partial);
            throw new CliException($"The bundle ended after {done} of {total} bytes; export it again.");
        }

        File.Move(partial, path, overwrite: true);
        return done;
    }
}
