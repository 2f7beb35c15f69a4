using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server.Model;

namespace Lucid.Sidecar.Grpc;

/// <summary>The table of contents of the service: every method of the descriptor, bound to its handler or to Unimplemented.</summary>
internal sealed class DaprMethods : IServiceMethodProvider<DaprService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<DaprService> context)
    {
        var methods = new MethodBinder(context, global::Dapr.Client.Autogen.Grpc.v1.Dapr.Descriptor);

        methods.Unary("GetState", GetStateRequest.Parser, GetStateResponse.Parser, (service, request, call) => service.GetStateAsync(request, call));
        methods.Unary("GetBulkState", GetBulkStateRequest.Parser, GetBulkStateResponse.Parser, (service, request, call) => service.GetBulkStateAsync(request, call));
        methods.Unary("SaveState", SaveStateRequest.Parser, Empty.Parser, (service, request, call) => service.SaveStateAsync(request, call));
        methods.Unary("DeleteState", DeleteStateRequest.Parser, Empty.Parser, (service, request, call) => service.DeleteStateAsync(request, call));
        methods.Unary("DeleteBulkState", DeleteBulkStateRequest.Parser, Empty.Parser, (service, request, call) => service.DeleteBulkStateAsync(request, call));
        methods.Unary("ExecuteStateTransaction", ExecuteStateTransactionRequest.Parser, Empty.Parser, (service, request, call) => service.TransactStateAsync(request, call));
        methods.Unary("QueryStateAlpha1", QueryStateRequest.Parser, QueryStateResponse.Parser, (service, request, _) => service.QueryStateAsync(request));

        methods.Unary("GetSecret", GetSecretRequest.Parser, GetSecretResponse.Parser, (service, request, call) => service.GetSecretAsync(request, call));
        methods.Unary("GetBulkSecret", GetBulkSecretRequest.Parser, GetBulkSecretResponse.Parser, (service, request, call) => service.GetBulkSecretAsync(request, call));

        methods.Unary("TryLockAlpha1", TryLockRequest.Parser, TryLockResponse.Parser, (service, request, call) => service.TryLockAsync(request, call));
        methods.Unary("UnlockAlpha1", UnlockRequest.Parser, UnlockResponse.Parser, (service, request, call) => service.UnlockAsync(request, call));

        methods.Unary("PublishEvent", PublishEventRequest.Parser, Empty.Parser, (service, request, call) => service.PublishAsync(request, call));
        methods.Unary("BulkPublishEvent", BulkPublishRequest.Parser, BulkPublishResponse.Parser, (service, request, call) => service.BulkPublishAsync(request, call));
        methods.Unary("BulkPublishEventAlpha1", BulkPublishRequest.Parser, BulkPublishResponse.Parser, (service, request, call) => service.BulkPublishAsync(request, call));

        methods.Unary("InvokeService", InvokeServiceRequest.Parser, InvokeResponse.Parser, (service, request, call) => service.InvokeServiceAsync(request, call));

        methods.Unary("InvokeActor", InvokeActorRequest.Parser, InvokeActorResponse.Parser, (service, request, call) => service.InvokeActorAsync(request, call));
        methods.Unary("GetActorState", GetActorStateRequest.Parser, GetActorStateResponse.Parser, (service, request, call) => service.GetActorStateAsync(request, call));
        methods.Unary("ExecuteActorStateTransaction", ExecuteActorStateTransactionRequest.Parser, Empty.Parser, (service, request, call) => service.TransactActorStateAsync(request, call));
        methods.Unary("RegisterActorReminder", RegisterActorReminderRequest.Parser, Empty.Parser, (service, request, call) => service.RegisterActorReminderAsync(request, call));
        methods.Unary("UnregisterActorReminder", UnregisterActorReminderRequest.Parser, Empty.Parser, (service, request, call) => service.UnregisterActorReminderAsync(request, call));
        methods.Unary("GetActorReminder", GetActorReminderRequest.Parser, GetActorReminderResponse.Parser, (service, request, call) => service.GetActorReminderAsync(request, call));
        methods.Unary("RegisterActorTimer", RegisterActorTimerRequest.Parser, Empty.Parser, (service, request, call) => service.RegisterActorTimerAsync(request, call));
        methods.Unary("UnregisterActorTimer", UnregisterActorTimerRequest.Parser, Empty.Parser, (service, request, call) => service.UnregisterActorTimerAsync(request, call));

        methods.Unary("GetMetadata", GetMetadataRequest.Parser, GetMetadataResponse.Parser, (service, _, call) => service.GetMetadataAsync(call));
        methods.Unary("SetMetadata", SetMetadataRequest.Parser, Empty.Parser, (service, request, call) => service.SetMetadataAsync(request, call));
        methods.Unary("Shutdown", ShutdownRequest.Parser, Empty.Parser, (service, _, call) => service.ShutdownAsync(call));

        methods.RefuseTheRest();
    }
}
