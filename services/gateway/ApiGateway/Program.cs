using Lucid.ApiGateway;
using Lucid.ServiceDefaults;

return await ApiGatewayService.Build(args).RunLucidAsync(args);
