using Lucid.BlockchainEngine;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

var builder = LucidService.CreateBuilder(args, AppIds.BlockchainEngine);
builder.AddEngine();

var app = builder.Build();
app.UseLucidDefaults();
app.MapEngine();
return await app.RunLucidAsync(args);
