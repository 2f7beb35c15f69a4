using Lucid.BlockchainEngine;
using Lucid.BlockchainEngine.Endpoints;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

var builder = LucidService.CreateBuilder(args, AppIds.BlockchainEngine);
builder.AddEngine();

var app = builder.Build();
app.UseLucidDefaults();
app.MapChain();
app.MapBlocks();
app.MapTransactions();
app.MapEvidence();
app.MapMerkle();
app.MapChainControl();
return await app.RunLucidAsync(args);
