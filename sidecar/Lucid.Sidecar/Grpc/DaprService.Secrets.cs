using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    internal async Task<GetSecretResponse> GetSecretAsync(GetSecretRequest request, ServerCallContext call)
    {
        var response = new GetSecretResponse();
        response.Data.Add(new Dictionary<string, string>(
            await secrets.GetAsync(request.StoreName, request.Key, call.CancellationToken).ConfigureAwait(false)));
        return response;
    }

    internal async Task<GetBulkSecretResponse> GetBulkSecretAsync(GetBulkSecretRequest request, ServerCallContext call)
    {
        var response = new GetBulkSecretResponse();
        foreach (var (name, values) in await secrets.GetAllAsync(request.StoreName, call.CancellationToken).ConfigureAwait(false))
        {
            var secret = new SecretResponse();
            secret.Secrets.Add(new Dictionary<string, string>(values));
            response.Data[name] = secret;
        }

        return response;
    }
}
