import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ActionForm } from "@/components/ui/action-form";
import { Badge } from "@/components/ui/badge";
import { SelectField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import type { FormAction } from "@/lib/auth/form-state";
import {
  changeRoleAction,
  disableStaffAction,
  enableStaffAction,
  forgetSecondFactorAction,
  sendStaffLinkAction,
} from "@/lib/staff/actions";
import type { StaffMember } from "@/lib/staff/queries";
import { STAFF_ROLES } from "@/lib/staff/rules";

const TONES = { invited: "warning", active: "success", disabled: "danger" } as const;

interface PeopleListProps {
  people: StaffMember[];
  /** The reader's own id. */
  me: string;
}

/** Colleagues with their role and state, and what an admin may change of each; nothing of one's own. */
export async function PeopleList({ people, me }: PeopleListProps) {
  const t = await getTranslations("staffAccess.people");
  return (
    <ul className="grid gap-4">
      {people.map((member) => (
        <li
          key={member.id}
          className="rounded-lg border border-line bg-panel p-5 [overflow-wrap:anywhere]"
        >
          <h3 className="font-semibold text-lg">{member.name}</h3>
          <p className="text-muted">{member.email}</p>
          <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
            <Badge tone={TONES[member.state]}>{t(`states.${member.state}`)}</Badge>
            <span>{t(`roles.${member.role}`)}</span>
            <span className="text-muted text-sm">
              {t(member.secondFactor ? "secondFactor" : "noSecondFactor")}
            </span>
          </p>
          {member.id === me ? (
            <p className="mt-3 text-muted text-sm">{t("you")}</p>
          ) : (
            <MemberForms member={member} />
          )}
        </li>
      ))}
    </ul>
  );
}

async function MemberForms({ member }: { member: StaffMember }) {
  const t = await getTranslations("staffAccess.people");
  const disabled = member.state === "disabled";
  return (
    <fieldset className="mt-4 min-w-0">
      <legend className="sr-only">{t("actionsOf", { name: member.name })}</legend>
      <div className="flex flex-wrap items-end gap-3">
        <MemberForm name="role" action={changeRoleAction} member={member}>
          <SelectField
            name="role"
            label={t("role")}
            defaultValue={member.role}
            options={STAFF_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          />
          <SubmitButton tone="quiet">{t("changeRole")}</SubmitButton>
        </MemberForm>
        {disabled ? null : (
          <MemberForm name="link" action={sendStaffLinkAction} member={member}>
            <SubmitButton tone="quiet">{t("link")}</SubmitButton>
          </MemberForm>
        )}
        {member.secondFactor ? (
          <MemberForm name="factor" action={forgetSecondFactorAction} member={member}>
            <SubmitButton tone="quiet">{t("factor")}</SubmitButton>
          </MemberForm>
        ) : null}
        <MemberForm
          name="access"
          action={disabled ? enableStaffAction : disableStaffAction}
          member={member}
        >
          <SubmitButton tone={disabled ? "quiet" : "danger"}>
            {t(disabled ? "enable" : "disable")}
          </SubmitButton>
        </MemberForm>
      </div>
    </fieldset>
  );
}

interface MemberFormProps {
  name: string;
  action: FormAction;
  member: StaffMember;
  children: ReactNode;
}

async function MemberForm({ name, action, member, children }: MemberFormProps) {
  const t = await getTranslations("staffAccess.people");
  return (
    // One part of the row: a form and the place for its errors.
    <div>
      <ActionForm
        action={action}
        errorTitle={t("errorTitle")}
        labels={{ role: t("role") }}
        idPrefix={`${name}-${member.id}-`}
      >
        <input type="hidden" name="staffId" value={member.id} />
        {children}
      </ActionForm>
    </div>
  );
}
