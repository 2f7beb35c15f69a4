using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.SessionAnchoring.Clients;

/// <summary>The blockchain engine.</summary>
public sealed class EngineClient(HttpClient http)
{
    private const int MaxGenesis = 1 << 20;

    public Task<ServiceResult<ChainInfo>> InfoAsync(CancellationToken cancellationToken) => http.GetAsync<ChainInfo>(Routes.Engine.Info, cancellationToken);

    /// <summary>Not repeated by the client: the worker sends the same bytes again.</summary>
    public Task<ServiceResult<TransactionAccepted>> SubmitAsync(string transaction, CancellationToken cancellationToken) =>
        http.PostAsync<SubmitTransaction, TransactionAccepted>(Routes.Engine.Transactions, new SubmitTransaction(transaction), cancellationToken);

    /// <summary>404 while the transaction is not final; the reason says whether it waits or is unknown.</summary>
    public Task<ServiceResult<TransactionEvidence>> EvidenceAsync(string transactionId, CancellationToken cancellationToken) =>
        http.GetAsync<TransactionEvidence>(Routes.Engine.TransactionEvidence.Replace("{tx}", transactionId, StringComparison.Ordinal), cancellationToken);

    /// <summary>The genesis document, parsed.</summary>
    public async Task<ServiceResult<Genesis>> GenesisAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(Routes.Engine.Genesis, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return new(await response.ReadErrorAsync(cancellationToken));
            }

            var document = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return document.Length <= MaxGenesis ? new(Genesis.Parse(document)) : new(Unreadable);
        }
        catch (EvidenceException)
        {
            return new(Unreadable);
        }
        catch (HttpRequestException)
        {
            return new(new ServiceError(503, LucidErrors.Unavailable.Code, "The engine does not answer; try again."));
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(new ServiceError(504, LucidErrors.Timeout.Code, "The engine took too long; try again."));
        }
    }

    private static ServiceError Unreadable => new(502, LucidErrors.Upstream.Code, "The engine's genesis document cannot be read.");
}
