using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.SessionStorage.Tests;

public sealed class EndpointTests : IAsyncLifetime
{
    private StorageRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await StorageRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_chunk_is_stored_under_its_hash_and_given_back_whole_and_in_ranges()
    {
        var file = StorageRig.Seal(3, 5000);
        var stored = await ReadAsync<StoredChunk>(await rig.PutChunkAsync(3, file), HttpStatusCode.Created);
        Assert.Equal((Digest.Of(file).ToString(), file.Length), (stored.FileSha256, stored.CipherLength));
        Assert.Equal(HttpStatusCode.Created, (await rig.PutChunkAsync(3, file)).StatusCode);
        using var client = rig.As(AppIds.SessionApi);
        Assert.Equal(file, await client.GetByteArrayAsync(ChunkPath(3), TestContext.Current.CancellationToken));
        using var request = new HttpRequestMessage(HttpMethod.Get, ChunkPath(3)) { Headers = { Range = new RangeHeaderValue(10, 19) } };
        using var part = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(file[10..20], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"\"{stored.FileSha256}\"", part.Headers.ETag!.Tag);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, ChunkPath(3)) { Headers = { Range = new RangeHeaderValue(99_999, null) } };
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await client.SendAsync(beyond, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Two_versions_of_a_chunk_stand_side_by_side_and_are_named_by_their_hash()
    {
        var (one, two) = (StorageRig.Seal(0, 100), StorageRig.Seal(0, 100));
        await rig.PutChunkAsync(0, one);
        await rig.PutChunkAsync(0, two);
        using var client = rig.As(AppIds.SessionApi);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(ChunkPath(0), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(two, await client.GetByteArrayAsync($"{ChunkPath(0)}?sha256={Digest.Of(two)}", TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"{ChunkPath(0)}?sha256=../../etc", TestContext.Current.CancellationToken)).StatusCode);
        var catalogue = await rig.As(AppIds.SessionPipeline).GetFromJsonAsync<ChunkCatalogue>(
            $"/internal/v1/chunk-catalogue/{StorageRig.Session:D}", JsonDefaults.Tolerant, TestContext.Current.CancellationToken);
        Assert.Equal(2, catalogue!.Chunks.Count);
    }

    [Fact]
    public async Task A_wrong_digest_header_session_index_or_length_is_refused()
    {
        var file = StorageRig.Seal(0, 100);
        await AssertRefusedAsync(await rig.PutChunkAsync(0, file, Digest.Of("x"u8)), 422, "digest_mismatch");
        await AssertRefusedAsync(await rig.PutChunkAsync(1, file), 400, "wrong_header");
        await AssertRefusedAsync(await rig.PutChunkAsync(0, StorageRig.Seal(0, 100, Guid.Parse("01890a5d-ac96-774b-bcce-b302099a0000"))), 400, "wrong_header");
        await AssertRefusedAsync(await rig.PutChunkAsync(0, [.. file, 0]), 400, "wrong_header");
        await AssertRefusedAsync(await rig.PutChunkAsync(0, file[..50]), 400, "wrong_header");
        await AssertRefusedAsync(await rig.PutChunkAsync(0, new byte[ChunkHeader.MaxFileLength + 1]), 413, "chunk_size_exceeded");
        foreach (var header in (string[])["sha-256=:", "sha-256=::", "sha-256=:AAAA:", "md5=:AAAA:", "sha-256=:" + new string('!', 44) + ":"])
        {
            await AssertRefusedAsync(await rig.PutChunkAsync(0, file, header: header), 400, "digest_required");
        }

        Assert.Empty(Directory.EnumerateFiles(rig.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_manifest_version_is_written_once_and_other_documents_are_replaced()
    {
        var path = $"manifests/{StorageRig.Session:D}/1";
        Assert.Equal(HttpStatusCode.NoContent, (await rig.PutDocumentAsync(path, "one"u8.ToArray())).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await rig.PutDocumentAsync(path, "one"u8.ToArray())).StatusCode);
        await AssertRefusedAsync(await rig.PutDocumentAsync(path, "two"u8.ToArray()), 409, "version_exists");
        Assert.Equal("one", await rig.As(AppIds.SessionPipeline).GetStringAsync($"/internal/v1/{path}", TestContext.Current.CancellationToken));
        foreach (var content in (string[])["one", "two"])
        {
            await rig.PutDocumentAsync($"receipts/{StorageRig.Session:D}", System.Text.Encoding.UTF8.GetBytes(content));
        }

        Assert.Equal("two", await rig.As(AppIds.SessionApi).GetStringAsync($"/internal/v1/receipts/{StorageRig.Session:D}", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_many_manifests_at_once_under_one_version_exactly_one_is_kept()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(variant => rig.PutDocumentAsync($"manifests/{StorageRig.Session:D}/1", [(byte)(65 + variant)])));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task The_bundle_of_an_anchored_recording_verifies_offline()
    {
        int[] lengths = [60, 70_000, 300];
        var files = lengths.Select((length, index) => StorageRig.Seal(index, length)).ToList();
        for (var index = 0; index < files.Count; index++)
        {
            await rig.PutChunkAsync(index, files[index]);
        }

        await rig.PutChunkAsync(1, StorageRig.Seal(1, 70_000)); // a loser of the same index
        var (manifest, receipt, keys, genesis) = StorageRig.Documents(files, lengths);
        await rig.PutDocumentAsync($"manifests/{StorageRig.Session:D}/1", manifest);
        await rig.PutDocumentAsync($"keys/{StorageRig.Session:D}", keys);
        using var client = rig.As(AppIds.SessionApi);
        await AssertRefusedAsync(await client.GetAsync(BundlePath, TestContext.Current.CancellationToken), 409, "not_anchored");
        await rig.PutDocumentAsync($"receipts/{StorageRig.Session:D}", receipt);
        var bundle = await client.GetByteArrayAsync(BundlePath, TestContext.Current.CancellationToken);
        var report = await BundleVerifier.VerifyAsync(
            new MemoryStream(bundle), new VerificationOptions { PinnedGenesisHash = genesis }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((Verdict.Valid, 3), (report.Verdict, report.ChunksVerified));

        Assert.Equal(HttpStatusCode.NoContent, (await rig.As(AppIds.SessionPipeline).DeleteAsync($"/internal/v1/sessions/{StorageRig.Session:D}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(rig.Root, "blobs"), "*", SearchOption.AllDirectories));
        await AssertRefusedAsync(await client.GetAsync(BundlePath, TestContext.Current.CancellationToken), 409, "not_anchored");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/internal/v1/receipts/{StorageRig.Session:D}", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_bundle_whose_chunk_is_not_the_manifests_is_withheld()
    {
        var (manifest, receipt, keys, _) = StorageRig.Documents([StorageRig.Seal(0, 60)], 60);
        await rig.PutChunkAsync(0, StorageRig.Seal(0, 60));
        await rig.PutDocumentAsync($"manifests/{StorageRig.Session:D}/1", manifest);
        await rig.PutDocumentAsync($"keys/{StorageRig.Session:D}", keys);
        await rig.PutDocumentAsync($"receipts/{StorageRig.Session:D}", receipt);
        await AssertRefusedAsync(await rig.As(AppIds.SessionApi).GetAsync(BundlePath, TestContext.Current.CancellationToken), 502, "integrity_failed");
    }

    [Fact]
    public async Task Shredding_a_session_that_never_stored_anything_is_done_at_once()
    {
        var answer = await rig.As(AppIds.SessionPipeline).DeleteAsync($"/internal/v1/sessions/{StorageRig.Session:D}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Only_the_callers_of_the_table_come_in()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.As(AppIds.ApiGateway).GetAsync(BundlePath, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.As(AppIds.SessionApi).DeleteAsync($"/internal/v1/sessions/{StorageRig.Session:D}", TestContext.Current.CancellationToken)).StatusCode);
    }

    private static string BundlePath => $"/internal/v1/bundles/{StorageRig.Session:D}";

    private static string ChunkPath(int index) => $"/internal/v1/chunks/{StorageRig.Session:D}/{index}";

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>(JsonDefaults.Tolerant, TestContext.Current.CancellationToken))!;
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, int status, string reason)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Contains($"\"{reason}\"", text, StringComparison.Ordinal);
    }
}
