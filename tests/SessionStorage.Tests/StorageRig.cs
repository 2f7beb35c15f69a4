using Lucid.Contracts;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.Evidence.Tests;
using Lucid.ServiceDefaults;
using Lucid.SessionStorage.Endpoints;
using Lucid.SessionStorage.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionStorage.Tests;

/// <summary>The service with its real pipeline over a folder of its own.</summary>
internal sealed class StorageRig : IAsyncDisposable
{
    public static readonly Guid Session = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public static readonly Guid DataKeyId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    private static readonly byte[] DataKey = [.. Enumerable.Repeat((byte)5, 32)];
    private readonly WebApplication app;

    private StorageRig(WebApplication app, string root) => (this.app, Root) = (app, root);

    public string Root { get; }

    public static async Task<StorageRig> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("storage").FullName;
        var builder = LucidService.CreateBuilder(
            [
                "--ENVIRONMENT=development", "--PORT=0", "--APP_API_TOKEN=t", "--DAPR_API_TOKEN=t", "--DAPR_HTTP_ENDPOINT=http://127.0.0.1:9",
                "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR",
            ],
            AppIds.SessionStorage);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new StorageOptions { StoragePath = root });
        builder.Services.AddSingleton(new BlobStore(root, new FakeTimeProvider()));
        builder.Services.AddSingleton<ChunkStore>();
        var app = builder.Build();
        app.UseLucidDefaults();
        app.MapChunks();
        app.MapDocuments();
        app.MapBundles();
        await app.StartAsync();
        return new(app, root);
    }

    public HttpClient As(string caller)
    {
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprApiToken, "t");
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprCallerAppId, caller);
        client.DefaultRequestHeaders.Add(LucidHeaders.DaprCallerNamespace, ServiceTable.Get(caller).Namespace);
        return client;
    }

    public Task<HttpResponseMessage> PutChunkAsync(int index, byte[] file, Digest? sha256 = null, string? header = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/internal/v1/chunks/{Session:D}/{index}") { Content = new ByteArrayContent(file) };
        request.Content.Headers.TryAddWithoutValidation(LucidHeaders.ReprDigest, header ?? $"sha-256=:{Convert.ToBase64String((sha256 ?? Digest.Of(file)).Span)}:");
        request.Headers.ExpectContinue = true; // a refusal may come before the body
        return As(AppIds.ChunkProcessor).SendAsync(request);
    }

    public Task<HttpResponseMessage> PutDocumentAsync(string path, byte[] content) =>
        As(AppIds.SessionPipeline).PutAsync($"/internal/v1/{path}", new ByteArrayContent(content));

    public static byte[] Seal(int index, int length, Guid? session = null)
    {
        var file = new byte[ChunkSealer.MaxFileLength(length)];
        var made = ChunkSealer.Seal(new ChunkFields(session ?? Session, index, index == 0 ? ChunkStream.Init : ChunkStream.Av, DataKeyId), new byte[length], DataKey, file);
        return file[..(int)made.CipherLength];
    }

    /// <summary>Manifest, receipt and keys of a recording that consists of these files.</summary>
    public static (byte[] Manifest, byte[] Receipt, byte[] Keys, Digest Genesis) Documents(IReadOnlyList<byte[]> files, params int[] lengths)
    {
        var keys = new TestKeys();
        var recipient = RecipientPrivateKey.GenerateP256().PublicKey;
        var chunks = files.Select((file, index) => new ManifestChunk(
            index, index == 0 ? ChunkStream.Init : ChunkStream.Av, 0, index * 1000, (index + 1) * 1000, lengths[index], file.Length, ChunkCompression.None,
            ChunkHash.Compute(Session, index, file.Length, Digest.Of(file)))).ToList();
        var time = TestChain.GenesisTime;
        var manifest = ManifestSigner.Sign(
            new Manifest(
                Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8059"), 1, null, Session, "user-1", "node-1", "server-1", time.AddMinutes(2),
                new ManifestSession(time, time.AddMinutes(1), 60_000, [], [], "stopped"), new ManifestCapture("avc1", null, 15, [new ManifestRun(0, 640, 360)], "0.1.0", "0.1.0"),
                null, [], new ManifestCrypto(ManifestCrypto.CustodyOwner, DataKeyId, [new ManifestRecipient(recipient.Kid, recipient.Alg)]), [.. chunks], [], null,
                Manifest.MerkleOf(chunks)),
            keys.Manifest);
        var chain = new TestChain(keys);
        var entry = new AnchorEntry(AnchorRecord.For(manifest, AnchorRecord.ComputeOwnerRef(new byte[32], "user-1")));
        chain.Add(5, chain.Anchor(entry));
        var envelopes = new BundleKeys(Session, DataKeyId, ManifestKey.From(keys.Manifest), [KeyEnvelope.Wrap(DataKey, recipient, Session, DataKeyId)]);
        return (manifest.ToJson(), chain.Receipt(entry).ToJson(), envelopes.ToJson(), chain.Genesis.Hash);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
