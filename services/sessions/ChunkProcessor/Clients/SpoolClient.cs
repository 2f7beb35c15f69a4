using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;

namespace Lucid.ChunkProcessor.Clients;

/// <summary>The recorder's spool: plain bytes of cut chunks.</summary>
public sealed class SpoolClient(HttpClient http)
{
    /// <summary>Reads a chunk into <paramref name="destination"/>, which has exactly its length.</summary>
    public async Task<ServiceResult<Nothing>> ReadAsync(string session, int index, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(For(session, index), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return new(await response.ReadErrorAsync(cancellationToken));
            }

            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await body.ReadExactlyAsync(destination, cancellationToken);
            return new(default(Nothing));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new(new ServiceError(503, "LUCID_ERR_5008", "The recorder went away while the spool was read.", "spool_interrupted"));
        }
    }

    public Task<ServiceResult<Nothing>> FreeAsync(string session, int index, CancellationToken cancellationToken) =>
        http.DeleteAsync<Nothing>(For(session, index), cancellationToken);

    private static string For(string session, int index) =>
        Routes.Recorder.Spool.Replace("{session}", session, StringComparison.Ordinal).Replace("{index}", $"{index}", StringComparison.Ordinal);
}
