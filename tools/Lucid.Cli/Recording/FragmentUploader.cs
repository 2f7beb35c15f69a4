using System.Globalization;
using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;

namespace Lucid.Cli.Recording;

/// <summary>Sends fragment groups in order; goes on where the server says after a failure, so nothing is lost or sent into the wrong place.</summary>
public sealed class FragmentUploader(GatewayClient gateway, string session, IngestGrant grant, Action<string> note)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private long offset;

    /// <summary>Plain bytes the server has made durable.</summary>
    public long Acknowledged => offset;

    /// <summary>True when the server ended the recording (size, disk): <see cref="EndReason"/> says why.</summary>
    public bool Ended => EndReason is not null;

    public string? EndReason { get; private set; }

    /// <summary>Returns when the group is durable.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> group, CancellationToken cancellationToken)
    {
        var start = offset;
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        var delay = TimeSpan.FromMilliseconds(100);
        while (offset < start + group.Length && !Ended)
        {
            var outcome = await TryAsync(group[(int)(offset - start)..], start, group.Length, cancellationToken);
            if (outcome is null)
            {
                continue;
            }

            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new CliException($"The recording could not be sent for {Patience.TotalSeconds:0} s: {outcome}");
            }

            note(outcome);
            await Task.Delay(delay, cancellationToken);
            delay = TimeSpan.FromMilliseconds(Math.Min(delay.TotalMilliseconds * 2, 2000));
        }
    }

    /// <summary>Null when the position moved or the recording ended; else why it is to be tried again.</summary>
    private async Task<string?> TryAsync(ReadOnlyMemory<byte> rest, long start, int length, CancellationToken cancellationToken)
    {
        try
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/sessions/{session}/ingest/{grant.Epoch}/0/{offset}");
            using var response = await gateway.PutBytesAsync(path, rest, LucidHeaders.IngestToken, grant.Token, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                offset += rest.Length;
                return null;
            }

            var error = await GatewayClient.ReadErrorAsync(response, cancellationToken);
            var reason = error?.Details is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("reason", out var value) ? value.GetString() : null;
            switch (reason)
            {
                case "wrong_offset" when error!.Details!.Value.GetProperty("offset").GetInt64() is var right && right >= start && right <= start + length && right != offset:
                    offset = right;
                    return null;
                case "recording_ended" or "session_size_exceeded" or "storage_full":
                    EndReason = reason;
                    return null;
            }

            return (int)response.StatusCode >= 500 || response.StatusCode == System.Net.HttpStatusCode.TooManyRequests || (int)response.StatusCode == 404
                ? $"HTTP {(int)response.StatusCode} {error?.Message}"
                : throw new CliException($"The server refuses the recording: {error?.Message} ({error?.Code}, {reason})");
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }
}
