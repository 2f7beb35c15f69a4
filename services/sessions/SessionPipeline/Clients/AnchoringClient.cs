using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.ServiceDefaults;

namespace Lucid.SessionPipeline.Clients;

/// <summary>The anchoring service; the session id is the idempotency key.</summary>
public sealed class AnchoringClient(HttpClient http)
{
    public Task<ServiceResult<AnchorAccepted>> SubmitAsync(AnchorRequest request, CancellationToken cancellationToken) =>
        http.PostAsync<AnchorRequest, AnchorAccepted>(Routes.Anchoring.Sessions, request, cancellationToken, request.SessionId);

    public Task<ServiceResult<AnchorStatus>> StatusAsync(string session, CancellationToken cancellationToken) =>
        http.GetAsync<AnchorStatus>(Routes.Anchoring.SessionById.Replace("{session}", session, StringComparison.Ordinal), cancellationToken);

    /// <summary>The canonical bytes of the receipt.</summary>
    public async Task<ServiceResult<byte[]>> ReceiptAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(Routes.Anchoring.Receipt.Replace("{session}", session, StringComparison.Ordinal), cancellationToken);
            return response.IsSuccessStatusCode
                ? new(await response.Content.ReadAsByteArrayAsync(cancellationToken))
                : new(await response.ReadErrorAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return new(new ServiceError(503, Lucid.Contracts.Errors.LucidErrors.Unavailable.Code, "The anchoring service does not answer; try again."));
        }
    }
}
