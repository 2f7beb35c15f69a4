using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.SessionStorage;
using Lucid.SessionStorage.Endpoints;
using Lucid.SessionStorage.Storage;

var builder = LucidService.CreateBuilder(args, AppIds.SessionStorage);
builder.AddLucidOptions<StorageOptions>();
builder.Services.AddSingleton(provider => new BlobStore(provider.GetRequiredService<StorageOptions>().StoragePath, provider.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton<ChunkStore>();

var app = builder.Build();
app.UseLucidDefaults();
app.MapChunks();
app.MapDocuments();
app.MapBundles();
return await app.RunLucidAsync(args);
