import { SERVICE_LABEL, type ServicePlan } from './plan.ts';

const NAME = 'AgentFactoryBot';

/** NSSM's commands, for a prompt with administrator rights. Ctrl+C is what the bot takes for SIGTERM there. */
export function windowsInstallation(plan: ServicePlan): string[] {
  const { program, args, workingFolder, logFolder, environmentFile } = plan;
  const parameters = [`--env-file=${environmentFile}`, ...args].map((word) => `\\"${word}\\"`).join(' ');
  return [
    `icacls "${environmentFile}" /inheritance:r /grant:r "SYSTEM:R" "Administrators:F"`,
    `nssm install ${NAME} "${program}"`,
    `nssm set ${NAME} AppParameters "${parameters}"`,
    `nssm set ${NAME} AppDirectory "${workingFolder}"`,
    `nssm set ${NAME} DisplayName "${SERVICE_LABEL}"`,
    `nssm set ${NAME} Start SERVICE_AUTO_START`,
    `nssm set ${NAME} AppExit Default Restart`,
    `nssm set ${NAME} AppExit 2 Exit`,
    `nssm set ${NAME} AppRestartDelay 5000`,
    `nssm set ${NAME} AppStopMethodConsole 40000`,
    `nssm set ${NAME} AppStdout "${logFolder}\\bot.log"`,
    `nssm set ${NAME} AppStderr "${logFolder}\\bot.log"`,
    `nssm set ${NAME} AppRotateFiles 1`,
    `nssm set ${NAME} AppRotateOnline 1`,
    `nssm set ${NAME} AppRotateBytes 10485760`,
    `nssm start ${NAME}`,
  ];
}

export function windowsCommands(action: 'uninstall' | 'status'): string[] {
  return action === 'uninstall'
    ? [`nssm stop ${NAME}`, `nssm remove ${NAME} confirm`]
    : [`nssm status ${NAME}`];
}
